package dev.mote.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Processor time of processes, from `/proc`.
final class ProcessTime {

  /// Of the kernel's clock for users; the same on all its architectures.
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int USER_OF_CHILDREN = 13;
  private static final int SYSTEM_OF_CHILDREN = 14;

  private ProcessTime() {}

  /// Seconds in user and system mode of a process alone.
  static double seconds(long process) throws IOException {
    List<String> fields = fields(process);
    return fields.isEmpty() ? 0 : ticks(fields, USER, SYSTEM) / TICKS_PER_SECOND;
  }

  /// Seconds of a process and all that it started, also of those that ended. 0 for no process.
  static double secondsOfAll(long process) throws IOException {
    if (process == 0) {
      return 0;
    }
    List<String> own = fields(process);
    double ticks =
        own.isEmpty() ? 0 : ticks(own, USER, SYSTEM, USER_OF_CHILDREN, SYSTEM_OF_CHILDREN);
    try (Stream<ProcessHandle> children =
        ProcessHandle.of(process).stream().flatMap(ProcessHandle::descendants)) {
      for (ProcessHandle child : children.toList()) {
        List<String> fields = fields(child.pid());
        ticks += fields.isEmpty() ? 0 : ticks(fields, USER, SYSTEM);
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  private static double ticks(List<String> fields, int... which) {
    double sum = 0;
    for (int field : which) {
      sum += Long.parseLong(fields.get(field));
    }
    return sum;
  }

  /// What stands behind the name of the program, which may have spaces; nothing when it has ended.
  private static List<String> fields(long process) throws IOException {
    try {
      String text = Files.readString(Path.of("/proc/" + process + "/stat"));
      return List.of(text.substring(text.lastIndexOf(')') + 2).split(" ", -1));
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
