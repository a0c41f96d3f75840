package dev.mote.cli;

/// A compiler's progress, shown to a person who watches.
final class ShownProgress implements dev.mote.plugin.Progress, AutoCloseable {

  private static final int STEPS = 100;

  private final Progress line;
  private int steps;

  ShownProgress(Console console, String what) {
    this.line = console.progress(what, STEPS);
  }

  @Override
  public void report(double done, String what) {
    while (steps < STEPS && steps < done * STEPS) {
      steps++;
      line.step(what);
    }
  }

  /// Who wants to stop the command line ends its process, and that of the plugin with it.
  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void close() {
    line.close();
  }
}
