package dev.mote.pluginhost;

/// Codes of the diagnostics about compiler plugins; a page each in `docs/errors`.
public final class PluginCodes {

  public static final int UNKNOWN_COMPILER = 7001;
  public static final int NOT_STARTED = 7002;
  public static final int BEYOND_LIMIT = 7003;
  public static final int BROKEN_PROTOCOL = 7004;
  public static final int FAILED = 7005;
  public static final int WRONG_MODULE = 7006;
  public static final int BAD_PARAMETER = 7007;
  public static final int BAD_DESCRIPTION = 7008;
  public static final int MISSING_FACT = 7009;
  public static final int NOBODY_SERVES = 7010;
  public static final int REFUSED = 7012;
  public static final int WRONG_FORMAT = 7013;
  public static final int NOT_CONFORMANT = 7014;
  public static final int TOO_LARGE = 7015;

  private PluginCodes() {}
}
