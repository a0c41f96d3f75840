package dev.mote.pluginhost.process;

import java.time.Duration;

/// What a program may take.
///
/// @param time from its start to its end; processor time as well
/// @param memoryBytes address space of each of its processes
/// @param fileBytes largest file that it may write
/// @param messageBytes longest line that it may print
public record Limits(Duration time, long memoryBytes, long fileBytes, int messageBytes) {

  /// For compilers: two minutes, 4 GiB, files of 64 MiB, messages of 1 MiB.
  public static final Limits STANDARD =
      new Limits(Duration.ofMinutes(2), 4L << 30, 64L << 20, 1 << 20);

  public Limits {
    if (time.isNegative()
        || time.isZero()
        || memoryBytes < 1
        || fileBytes < 1
        || messageBytes < 1) {
      throw new IllegalArgumentException("a limit is above 0");
    }
  }

  public Limits withTime(Duration other) {
    return new Limits(other, memoryBytes, fileBytes, messageBytes);
  }

  public Limits withMemory(long bytes) {
    return new Limits(time, bytes, fileBytes, messageBytes);
  }
}
