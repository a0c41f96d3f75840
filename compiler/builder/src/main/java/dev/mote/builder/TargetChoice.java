package dev.mote.builder;

import dev.mote.ir.Diagnostic;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The target that stands for a device, and why it is this one: by the target's name where the
/// device tells one, else by its core, else by its architecture.
///
/// @param target what is compiled for; without floating-point instructions where the device says
///     that it has none
/// @param why one sentence
record TargetChoice(Target target, String why) {

  /// The smallest core of each architecture: its code runs on all of them.
  private static final Map<String, String> BY_ARCHITECTURE =
      Map.of(
          "armv6-m", "cortex-m0",
          "armv7-m", "cortex-m3",
          "armv7e-m", "cortex-m4",
          "armv8-m.main", "cortex-m33",
          "armv8.1-m.main", "cortex-m55",
          "rv32imc", "rv32imc",
          "rv32", "rv32imc",
          "wasm32", "wasm32",
          "x86-64", "host");

  private static final Map<String, String> NEEDED =
      Map.of("armv7e-m", "dsp", "armv8-m.main", "dsp", "armv8.1-m.main", "mve");

  /// The targets that may stand for a device of these facts, the best first; empty when there is
  /// none.
  static Optional<TargetChoice> of(DeviceFacts facts) {
    Optional<Target> named = facts.target().flatMap(TargetChoice::find);
    if (named.isPresent()) {
      return Optional.of(
          new TargetChoice(named.get(), "the device tells its target, " + named.get().name()));
    }
    String unknown =
        facts
            .target()
            .map(name -> "there is no target '%s', but ".formatted(name))
            .orElse("the device tells no target, but ");
    Optional<Target> core = facts.core().flatMap(TargetChoice::find);
    if (core.isPresent()) {
      return Optional.of(
          new TargetChoice(
              fitted(core.get(), facts), unknown + "its core is a " + core.get().name()));
    }
    Optional<Target> architecture =
        facts
            .architecture()
            .map(name -> BY_ARCHITECTURE.getOrDefault(name, ""))
            .flatMap(TargetChoice::find);
    return architecture.map(
        target ->
            new TargetChoice(
                fitted(target, facts),
                unknown
                    + "its architecture is %s, for which %s stands"
                        .formatted(facts.architecture().orElseThrow(), target.name())));
  }

  /// Why nothing can be built for a device whose target is not known.
  static Diagnostic unknown(DeviceFacts facts) {
    List<String> said = new ArrayList<>();
    facts.target().ifPresent(value -> said.add("target '" + value + "'"));
    facts.core().ifPresent(value -> said.add("core '" + value + "'"));
    facts.architecture().ifPresent(value -> said.add("architecture '" + value + "'"));
    return Diagnostic.user(
        BuilderCodes.NO_TARGET,
        facts.name(),
        said.isEmpty()
            ? "the device tells neither target nor core nor architecture"
            : "no target is known for " + String.join(", ", said),
        "let the firmware tell one of the targets of 'mote targets', or one of the architectures "
            + String.join(", ", BY_ARCHITECTURE.keySet().stream().sorted().toList())
            + ".");
  }

  /// Extensions that code for the target may use and the device does not have; empty when it tells
  /// none at all, or its target.
  static Optional<String> missingExtension(DeviceFacts facts) {
    return facts.target().flatMap(TargetChoice::find).isPresent() || facts.extensions().isEmpty()
        ? Optional.empty()
        : facts
            .architecture()
            .map(name -> NEEDED.getOrDefault(name, ""))
            .filter(needed -> !needed.isEmpty() && !facts.extensions().contains(needed));
  }

  private static Optional<Target> find(String name) {
    return Targets.all().stream().filter(target -> target.name().equals(name)).findFirst();
  }

  /// A device that lists its extensions and among them no floating-point unit gets code without.
  private static Target fitted(Target target, DeviceFacts facts) {
    boolean hard = target.toolchain().flags().contains("-mfloat-abi=hard");
    boolean unit = facts.extensions().contains("fpu-sp") || facts.extensions().contains("fpu-dp");
    if (!hard || unit || facts.extensions().isEmpty()) {
      return target;
    }
    List<String> flags =
        target.toolchain().flags().stream()
            .filter(flag -> !flag.startsWith("-mfpu="))
            .map(flag -> flag.equals("-mfloat-abi=hard") ? "-mfloat-abi=soft" : flag)
            .toList();
    return new Target(
        target.name(),
        target.description(),
        target.core(),
        target.instructionSet(),
        target.clockHz(),
        target.memories(),
        new Target.Toolchain(target.toolchain().compiler(), flags),
        target.board(),
        target.sources(),
        target.facts());
  }
}
