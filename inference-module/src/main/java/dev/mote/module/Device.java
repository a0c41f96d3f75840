package dev.mote.module;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// What a device is and has, as far as the choice of a payload needs it.
///
/// @param architectures whose code it runs, as in [Payload.Requirements]
/// @param features extensions that it has
/// @param abi calling convention of its firmware; none when it does not matter
/// @param ramBytes RAM for modules
/// @param flashBytes flash for one module
/// @param runtime version of its runtime, times 1,000 plus the minor version
/// @param kinds payloads that it can take, the best first
public record Device(
    Set<String> architectures,
    Set<String> features,
    Optional<String> abi,
    long ramBytes,
    long flashBytes,
    int runtime,
    List<Payload.Kind> kinds) {

  public Device {
    architectures = Set.copyOf(architectures);
    features = Set.copyOf(features);
    kinds = List.copyOf(kinds);
  }

  /// The index of the payload that it takes: the first of its best kind whose requirements it
  /// meets.
  ///
  /// @throws ModuleException with a reason for each payload when it can take none
  public int choose(Manifest manifest) {
    for (Payload.Kind kind : kinds) {
      for (int i = 0; i < manifest.payloads().size(); i++) {
        Payload payload = manifest.payloads().get(i);
        if (payload.kind() == kind && lacks(payload.requires()).isEmpty()) {
          return i;
        }
      }
    }
    List<String> reasons = new ArrayList<>();
    for (int i = 0; i < manifest.payloads().size(); i++) {
      Payload payload = manifest.payloads().get(i);
      String why =
          kinds.contains(payload.kind())
              ? lacks(payload.requires()).orElse("")
              : "the device does not take " + payload.kind();
      reasons.add("payload " + i + ": " + why);
    }
    throw new ModuleException(ModuleCodes.TARGET, "module", String.join("; ", reasons));
  }

  /// Refuses a module that is older than what is installed.
  ///
  /// @param installed sequence number of the installed module of the same identity, if any
  public static void requireNewer(Manifest manifest, OptionalLong installed) {
    if (installed.isPresent() && manifest.sequence() <= installed.getAsLong()) {
      throw new ModuleException(
          ModuleCodes.ROLLBACK,
          "module",
          "its sequence number is %,d, %,d is installed"
              .formatted(manifest.sequence(), installed.getAsLong()));
    }
  }

  private Optional<String> lacks(Payload.Requirements needs) {
    if (!needs.architecture().equals(Payload.Requirements.ANY)
        && !architectures.contains(needs.architecture())) {
      return Optional.of(
          "it is for "
              + needs.architecture()
              + ", not "
              + String.join(", ", new TreeSet<>(architectures)));
    }
    List<String> missing =
        needs.features().stream().filter(feature -> !features.contains(feature)).toList();
    if (!missing.isEmpty()) {
      return Optional.of("it needs " + String.join(", ", missing));
    }
    if (needs.abi().isPresent() && abi.isPresent() && !needs.abi().equals(abi)) {
      return Optional.of("it calls by " + needs.abi().get() + ", not " + abi.get());
    }
    if (needs.ramBytes() > ramBytes) {
      return Optional.of(
          "it needs %,d bytes of RAM, there are %,d".formatted(needs.ramBytes(), ramBytes));
    }
    if (needs.flashBytes() > flashBytes) {
      return Optional.of(
          "it needs %,d bytes of flash, there are %,d".formatted(needs.flashBytes(), flashBytes));
    }
    if (needs.runtime() > runtime) {
      return Optional.of(
          "it needs runtime %d.%d".formatted(needs.runtime() / 1000, needs.runtime() % 1000));
    }
    return Optional.empty();
  }
}
