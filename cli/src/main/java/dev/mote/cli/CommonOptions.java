package dev.mote.cli;

import picocli.CommandLine.Option;

/// Options of every command that prints a result.
final class CommonOptions {

  @Option(names = "--json", description = "Print the result as one JSON document.")
  boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
