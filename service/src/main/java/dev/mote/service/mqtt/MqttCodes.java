package dev.mote.service.mqtt;

/// What operators are told of the broker; a page each in `docs/errors`.
final class MqttCodes {

  static final int BROKER_AWAY = 8060;
  static final int BROKER_NOT_TRUSTED = 8061;
  static final int KEYS_UNREADABLE = 8062;

  private MqttCodes() {}
}
