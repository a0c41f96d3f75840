package dev.mote.plugin;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What is known of a device: its target, and facts by name that the target does not have room for,
/// such as what its firmware carries.
///
/// Facts that compilers share:
///
/// | name | what it is |
/// |---|---|
/// | `target`, `core`, `instruction-set`, `clock-hz` | those of [Target] |
/// | `ram-bytes` | largest RAM |
/// | `flash-bytes` | all flash |
/// | `active-microwatts` | power while the core computes at its highest clock, flash included |
/// | `firmware.tflm` | version of TensorFlow Lite Micro that the firmware carries |
/// | `firmware.cmsis-nn` | version of CMSIS-NN that the firmware links |
/// | `firmware.webassembly` | interpreter of WebAssembly that the firmware carries |
///
/// @param target the chip, board or core
/// @param facts further facts: name → value; they hold before those of the target's own file
public record Device(Target target, Map<String, String> facts) {

  /// What names of facts look like.
  public static final String FACT_NAME = "[a-z0-9][a-z0-9-]*(?:\\.[a-z0-9][a-z0-9-]*)*";

  /// Power of the computing core.
  public static final String ACTIVE_MICROWATTS = "active-microwatts";

  public Device {
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    for (String name : facts.keySet()) {
      if (!name.matches(FACT_NAME)) {
        throw new IllegalArgumentException("'" + name + "' is no name of a fact");
      }
    }
  }

  /// A device of which no more is known than its target.
  public static Device of(Target target) {
    return new Device(target, Map.of());
  }

  /// The value of a fact; empty when it is not known, or does not apply.
  public Optional<String> fact(String name) {
    return Optional.ofNullable(facts.get(name))
        .or(() -> Optional.ofNullable(target.facts().get(name)))
        .or(() -> ofTarget(name));
  }

  /// All facts that are known.
  public Map<String, String> all() {
    Map<String, String> all = new TreeMap<>(target.facts());
    all.putAll(facts);
    for (String name :
        new String[] {
          "target", "core", "instruction-set", "clock-hz", "ram-bytes", "flash-bytes"
        }) {
      fact(name).ifPresent(value -> all.putIfAbsent(name, value));
    }
    return Collections.unmodifiableMap(all);
  }

  private Optional<String> ofTarget(String name) {
    return switch (name) {
      case "target" -> Optional.of(target.name());
      case "core" -> Optional.of(target.core());
      case "instruction-set" ->
          Optional.of(target.instructionSet().name().toLowerCase(Locale.ROOT));
      case "clock-hz" ->
          Optional.of(target.clockHz()).filter(hertz -> hertz > 0).map(String::valueOf);
      case "ram-bytes" -> target.limit(Target.Memory.Kind.RAM).map(String::valueOf);
      case "flash-bytes" -> target.total(Target.Memory.Kind.FLASH).map(String::valueOf);
      default -> Optional.empty();
    };
  }
}
