package dev.mote.optimizer.run;

/// Numbers of the diagnostics of running samples.
final class RunCodes {

  static final int NO_SAMPLES = 1301;
  static final int MISFIT = 1302;
  static final int TOO_MANY_OUTPUTS = 1303;

  private RunCodes() {}
}
