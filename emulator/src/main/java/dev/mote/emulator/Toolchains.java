package dev.mote.emulator;

import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// How emitted C is compiled: the same everywhere, so that sizes and counts can be compared.
public final class Toolchains {

  /// Compiles what runs in this process: models for the host, and the emulator's plugin.
  static final String HOST_COMPILER = "gcc";

  private Toolchains() {}

  /// Flags that compile an emitted model for `target`: processor, optimisation, language.
  ///
  /// `-std=c99` also switches floating-point contraction off, so that every target computes the
  /// same floats.
  public static List<String> modelFlags(Target target, Compiler.Optimize optimize) {
    List<String> flags = new ArrayList<>(target.toolchain().flags());
    flags.add(optimizationFlag(optimize));
    flags.addAll(List.of("-std=c99", "-ffunction-sections", "-fdata-sections"));
    return flags;
  }

  /// Flags that name the C library of `target`'s compiler, where it is not the compiler's own.
  static List<String> libraryFlags(Target target) {
    return target.toolchain().compiler().startsWith("riscv")
        ? List.of("--specs=picolibc.specs")
        : List.of();
  }

  private static String optimizationFlag(Compiler.Optimize optimize) {
    return switch (optimize) {
      case SPEED, BALANCED, MEMORY -> "-O2";
      case SIZE -> "-Os";
    };
  }

  /// What this machine's processor can do, for which host builds are made; empty where the system
  /// does not say.
  static String hostProcessor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
    } catch (IOException | UncheckedIOException _) {
      return "";
    }
  }
}
