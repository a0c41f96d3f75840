package dev.mote.bench.load;

/// Repeats what is about to be measured until the compiler of the server's JVM is done with it: a
/// server is at work for weeks, and the compiler for the first minute of load.
final class WarmUp {

  private static final int LEAST = 12;
  private static final int MOST = 80;

  /// Rounds one after the other in which hardly anything was compiled.
  private static final int QUIET = 3;

  /// Largest part of the time of such a round that the compiler may take.
  private static final double QUIET_SHARE = 0.05;

  private WarmUp() {}

  /// @param round a round of load
  static void run(ServerProcess server, Runnable round) {
    int quiet = 0;
    int rounds = 0;
    while (rounds < LEAST || rounds < MOST && quiet < QUIET) {
      long begin = System.nanoTime();
      long before = server.compilerMillis();
      round.run();
      double share = (server.compilerMillis() - before) * 1e6 / (System.nanoTime() - begin);
      quiet = share < QUIET_SHARE ? quiet + 1 : 0;
      rounds++;
      System.err.printf("  warming up: round %d, compiler %.0f %%%n", rounds, 100 * share);
    }
  }
}
