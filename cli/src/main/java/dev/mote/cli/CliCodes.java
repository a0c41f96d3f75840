package dev.mote.cli;

import dev.mote.builder.BuilderCodes;

/// Codes of the diagnostics that the command line itself gives; a page each in `docs/errors`.
final class CliCodes {

  /// The code that the compiler itself gives when the constants alone are too large.
  static final int FLASH = 3003;

  static final int BAD_PREPARATION = 1309;
  static final int NOTHING_TO_COMPARE = 1323;
  static final int BAD_PART = 1326;
  static final int UNKNOWN_FORMAT = 1328;
  static final int UNKNOWN_SUFFIX = 1364;
  static final int BAD_ABOUT = 1329;
  static final int UNKNOWN_LAYER = 1344;
  static final int NO_DATA = 1345;
  static final int BAD_RANGE = 1346;

  static final int NO_COMPRESSION = 2223;
  static final int BAD_COMPRESSION = 2225;

  static final int UNREADABLE_FILE = BuilderCodes.UNREADABLE_FILE;
  static final int UNKNOWN_MODEL_FORMAT = BuilderCodes.UNKNOWN_MODEL_FORMAT;
  static final int BAD_SHAPE = 4012;
  static final int WRONG_NUMBER_OF_FILES = 4016;
  static final int UNWRITABLE_FILE = 4017;
  static final int BAD_LABELS = 4018;
  static final int BAD_NAME = 4019;
  static final int NOT_MEASURABLE = 4020;
  static final int UNKNOWN_CODE = 4021;
  static final int NO_INPUTS = 4022;
  static final int DIFFERENCE = BuilderCodes.DIFFERENCE;

  static final int NOT_LOGGED_IN = 8620;
  static final int BAD_CREDENTIALS = 8621;
  static final int UNKNOWN_NAME = 8622;
  static final int NO_SUCCESS = 8623;
  static final int BAD_PLAN = 8624;

  private CliCodes() {}
}
