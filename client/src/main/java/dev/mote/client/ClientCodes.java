package dev.mote.client;

/// Codes of what goes wrong on the way to the service; a page each in `docs/errors`.
final class ClientCodes {

  static final int UNREACHABLE = 8601;
  static final int BAD_ANSWER = 8602;
  static final int SENT_ELSEWHERE = 8603;
  static final int BAD_ADDRESS = 8604;
  static final int TIMEOUT = 8605;
  static final int STRANGER = 8606;
  static final int LOCAL_FILE = 8607;

  private ClientCodes() {}
}
