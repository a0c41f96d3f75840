package dev.mote.builder;

/// Codes of the diagnostics that are given here; a page each in `docs/errors`.
public final class BuilderCodes {

  public static final int UNREADABLE_FILE = 4010;
  public static final int UNKNOWN_MODEL_FORMAT = 4011;
  public static final int DIFFERENCE = 4023;

  public static final int NO_MODULE_FITS = 8201;
  public static final int NO_TARGET = 8202;
  public static final int NOT_TRIED = 8203;
  public static final int CHECK_FAILED = 8204;
  public static final int STOPPED = 8205;

  private BuilderCodes() {}
}
