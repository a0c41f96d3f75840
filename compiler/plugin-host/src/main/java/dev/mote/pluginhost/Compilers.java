package dev.mote.pluginhost;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Compiler;
import dev.mote.pluginhost.process.Limits;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/// The compilers that there are, by name: those on the class path, and executables.
///
/// @param all in the order in which they were found
/// @param unusable why others that were named are not there
public record Compilers(List<CheckedCompiler> all, List<Diagnostic> unusable) {

  /// Executables, and folders of them, separated as in `PATH`.
  public static final String VARIABLE = "MOTE_PLUGINS";

  public Compilers {
    all = List.copyOf(all);
    unusable = List.copyOf(unusable);
  }

  /// Those on the class path, those that [#VARIABLE] names, and `executables`.
  public static Compilers standard(List<Path> executables, Limits limits) {
    List<Path> paths = new ArrayList<>(executables(System.getenv().getOrDefault(VARIABLE, "")));
    paths.addAll(executables);
    return of(
        ServiceLoader.load(Compiler.class).stream().map(ServiceLoader.Provider::get).toList(),
        paths,
        limits);
  }

  /// Those that are given. A plugin that cannot be used does not keep the others from use.
  public static Compilers of(List<Compiler> inProcess, List<Path> executables, Limits limits) {
    Map<String, CheckedCompiler> found = new LinkedHashMap<>();
    List<Diagnostic> unusable = new ArrayList<>();
    for (Compiler compiler : inProcess) {
      add(found, unusable, () -> compiler);
    }
    for (Path executable : executables) {
      add(found, unusable, () -> ExternalCompiler.open(executable, limits));
    }
    return new Compilers(List.copyOf(found.values()), unusable);
  }

  private interface Opening {
    Compiler open();
  }

  private static void add(
      Map<String, CheckedCompiler> found, List<Diagnostic> unusable, Opening opening) {
    try {
      CheckedCompiler compiler = CheckedCompiler.of(opening.open());
      if (found.putIfAbsent(compiler.name(), compiler) != null) {
        unusable.add(
            Diagnostic.user(
                PluginCodes.BAD_DESCRIPTION,
                "compiler '" + compiler.name() + "'",
                "two plugins have this name; the one that was found first counts",
                "rename one of them, or take it away."));
      }
    } catch (DiagnosticException e) {
      unusable.addAll(e.diagnostics());
    }
  }

  /// The compiler called `name`.
  ///
  /// @throws DiagnosticException when there is none; lists those that there are
  public CheckedCompiler named(String name) {
    return all.stream()
        .filter(compiler -> compiler.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> {
              List<Diagnostic> problems = new ArrayList<>(unusable);
              problems.add(
                  Diagnostic.user(
                      PluginCodes.UNKNOWN_COMPILER,
                      "compiler '" + name + "'",
                      "there is no such compiler",
                      "name one of: "
                          + String.join(", ", all.stream().map(CheckedCompiler::name).toList())
                          + ", or the path of an executable that contains a /."));
              return new DiagnosticException(problems);
            });
  }

  private static List<Path> executables(String variable) {
    List<Path> paths = new ArrayList<>();
    for (String name : variable.split(File.pathSeparator, -1)) {
      Path path = Path.of(name);
      if (name.isEmpty()) {
        continue;
      }
      if (!Files.isDirectory(path)) {
        paths.add(path);
        continue;
      }
      try (Stream<Path> entries = Files.list(path)) {
        entries
            .filter(entry -> Files.isRegularFile(entry) && Files.isExecutable(entry))
            .sorted()
            .forEach(paths::add);
      } catch (IOException e) {
        // A folder that cannot be listed has no plugins for this user.
      }
    }
    return paths;
  }
}
