package dev.mote.cli;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/// What the command line finds around it.
///
/// @param variables of the environment
/// @param home folder of the user
/// @param in where secrets may come from
public record Surroundings(Map<String, String> variables, Path home, InputStream in) {

  /// Those of this process.
  public static Surroundings ofProcess() {
    return new Surroundings(
        System.getenv(), Path.of(System.getProperty("user.home", ".")), System.in);
  }

  /// A variable; empty when it is not set.
  String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  /// Variables may be secrets.
  @Override
  public String toString() {
    return "Surroundings[" + home + "]";
  }
}
