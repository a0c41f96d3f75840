package dev.mote.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Time of all processors of the machine, from `/proc/stat`.
///
/// @param all ticks, idle ones as well
/// @param taken those that the machine's host gave to other machines while something waited for
/// them
record MachineTime(long all, long taken) {

  /// User, nice, system, idle, iowait, irq, softirq, steal; guests are part of the first two.
  private static final int KINDS = 8;

  private static final int STEAL = 7;

  static MachineTime now() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      String[] words = lines.findFirst().orElseThrow().split(" +", -1);
      long sum = 0;
      for (int i = 0; i < KINDS; i++) {
        sum += Long.parseLong(words[1 + i]);
      }
      return new MachineTime(sum, Long.parseLong(words[1 + STEAL]));
    }
  }

  MachineTime since(MachineTime before) {
    return new MachineTime(all - before.all, taken - before.taken);
  }

  /// The part that was taken.
  double stolen() {
    return (double) taken / Math.max(1, all);
  }
}
