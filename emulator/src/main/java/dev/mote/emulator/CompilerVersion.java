package dev.mote.emulator;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What a compiler says of itself, so that a new version does not find the results of the old one.
public final class CompilerVersion {

  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

  private CompilerVersion() {}

  /// First line of `--version`; each compiler is asked once.
  public static String of(String executable) {
    return KNOWN.computeIfAbsent(
        executable,
        path ->
            new Command(
                    java.util.List.of(path, "--version"),
                    Path.of(System.getProperty("java.io.tmpdir")),
                    Duration.ofSeconds(30))
                .run()
                .output()
                .lines()
                .findFirst()
                .orElse("unknown"));
  }
}
