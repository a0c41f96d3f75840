package dev.mote.emulator;

import dev.mote.plugin.Target;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The programs that compiling and running for a target takes, and the Debian packages they are in.
public final class RequiredTools {

  private static final Map<String, List<String>> PACKAGES =
      Map.of(
          "gcc", List.of("gcc", "libc6-dev"),
          "clang", List.of("clang", "libc6-dev"),
          "arm-none-eabi-gcc", List.of("gcc-arm-none-eabi", "libnewlib-arm-none-eabi"),
          "arm-none-eabi-objdump", List.of("binutils-arm-none-eabi"),
          "riscv64-unknown-elf-gcc",
              List.of("gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf"),
          "riscv64-unknown-elf-objdump", List.of("binutils-riscv64-unknown-elf"),
          "qemu-system-arm", List.of("qemu-system-arm"),
          "qemu-system-riscv32", List.of("qemu-system-misc"));

  private RequiredTools() {}

  /// A program that must be on the `PATH`.
  ///
  /// @param executable its name
  /// @param debianPackages the packages that bring it and what it needs
  public record Tool(String executable, List<String> debianPackages) {
    public Tool {
      debianPackages = List.copyOf(debianPackages);
    }

    /// Where it is; empty when it is not installed.
    public Optional<Path> locate() {
      String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
      return Stream.of(path.split(File.pathSeparator))
          .filter(directory -> !directory.isEmpty())
          .flatMap(directory -> candidate(directory, executable).stream())
          .findFirst();
    }
  }

  /// The tool called `executable`; its package is taken to have the same name when it is unknown.
  public static Tool named(String executable) {
    return new Tool(executable, PACKAGES.getOrDefault(executable, List.of(executable)));
  }

  /// What `target` needs, to compile and, where a board emulates it, to run and to measure.
  public static List<Tool> of(Target target) {
    List<Tool> tools = new ArrayList<>();
    tools.add(named(target.toolchain().compiler()));
    target
        .board()
        .flatMap(Board::find)
        .ifPresent(
            board -> {
              tools.add(named(objdump(target)));
              tools.add(named(board.emulator()));
              tools.add(named(Toolchains.HOST_COMPILER));
            });
    return List.copyOf(tools);
  }

  /// The tools for all of `targets` that are not installed.
  public static List<Tool> missing(List<Target> targets) {
    Set<Tool> tools =
        targets.stream()
            .flatMap(target -> of(target).stream())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return tools.stream().filter(tool -> tool.locate().isEmpty()).toList();
  }

  /// The Debian packages of `tools`, each once.
  public static List<String> debianPackages(List<Tool> tools) {
    return tools.stream().flatMap(tool -> tool.debianPackages().stream()).distinct().toList();
  }

  /// The tool's path.
  ///
  /// @throws dev.mote.ir.DiagnosticException MOTE-5001 when it is not installed
  static String require(String executable) {
    Tool tool = named(executable);
    return tool.locate().orElseThrow(() -> Problems.missingTool(tool)).toString();
  }

  static String objdump(Target target) {
    return target.toolchain().compiler().replaceFirst("gcc$", "objdump");
  }

  private static Optional<Path> candidate(String directory, String executable) {
    try {
      return Optional.of(Path.of(directory, executable)).filter(Files::isExecutable);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
