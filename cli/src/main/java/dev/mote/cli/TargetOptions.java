package dev.mote.cli;

import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import picocli.CommandLine.Option;

/// What to compile for.
final class TargetOptions {

  @Option(
      names = {"-t", "--target"},
      paramLabel = "TARGET",
      defaultValue = "cortex-m4",
      description = "Chip, board or bare core; see 'mote targets' (default: ${DEFAULT-VALUE}).")
  String target = "cortex-m4";

  @Option(
      names = "--optimize",
      paramLabel = "balanced|speed|size|memory",
      defaultValue = "balanced",
      description = "What to prefer when they conflict (default: ${DEFAULT-VALUE}).")
  Optimize optimize = Optimize.BALANCED;

  Target find() {
    return Targets.find(target);
  }
}
