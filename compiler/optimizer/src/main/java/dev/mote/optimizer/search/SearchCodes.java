package dev.mote.optimizer.search;

/// Codes of the diagnostics of this package; a page each in `docs/errors`.
public final class SearchCodes {

  public static final int OUT_OF_BUDGET = 1391;
  public static final int NEEDS_LABELS = 1392;
  public static final int NOT_FLOAT = 1393;
  public static final int NOTHING_WORKS = 1394;
  public static final int UNKNOWN_TIME = 1395;

  private SearchCodes() {}
}
