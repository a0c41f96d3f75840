package dev.mote.orchestration.object;

import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.UpdateObject;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// What is known of a device that decides what may be built for it and how it gets there.
///
/// Nothing here was checked: a device may lie. A module that does not fit is refused by the
/// device's runtime at the latest.
///
/// @param manufacturer of object 3
/// @param model of object 3
/// @param firmwareVersion of object 3
/// @param target name of Mote's target that the firmware was built for
/// @param architecture such as `armv7e-m` or `rv32`
/// @param extensions such as `dsp`, `mve`, `fpu-single`
/// @param core such as `cortex-m4`
/// @param clockHz highest clock
/// @param ramBytes SRAM
/// @param ramFreeBytes SRAM that a module's arena may have
/// @param flashBytes flash
/// @param flashFreeBytes flash that a module may have
/// @param runtimeAbi version of the runtime's binary interface; empty without Mote's runtime
/// @param runtimeVersion version of the runtime
/// @param payloadKinds kinds of payload that the runtime takes
/// @param accelerators such as `ethos-u55-128`
/// @param operatingSystem such as `zephyr 3.7`
/// @param features of the runtime, such as `delta`, `encryption`, `trust-lists`
/// @param slots how many modules it can hold
/// @param modules what is installed
/// @param updateObjects objects over which it takes packages
/// @param deliveries how it takes them
/// @param sensors ids of IPSO objects that it has
public record Capabilities(
    Optional<String> manufacturer,
    Optional<String> model,
    Optional<String> firmwareVersion,
    Optional<String> target,
    Optional<String> architecture,
    SortedSet<String> extensions,
    Optional<String> core,
    OptionalLong clockHz,
    OptionalLong ramBytes,
    OptionalLong ramFreeBytes,
    OptionalLong flashBytes,
    OptionalLong flashFreeBytes,
    OptionalLong runtimeAbi,
    Optional<String> runtimeVersion,
    SortedSet<String> payloadKinds,
    SortedSet<String> accelerators,
    Optional<String> operatingSystem,
    SortedSet<String> features,
    OptionalLong slots,
    List<InstalledModule> modules,
    Set<UpdateObject> updateObjects,
    Set<Delivery> deliveries,
    SortedSet<Integer> sensors) {

  public Capabilities {
    extensions = sorted(extensions);
    payloadKinds = sorted(payloadKinds);
    accelerators = sorted(accelerators);
    features = sorted(features);
    sensors = sorted(sensors);
    modules = List.copyOf(modules);
    updateObjects = Collections.unmodifiableSet(new TreeSet<>(updateObjects));
    deliveries = Collections.unmodifiableSet(new TreeSet<>(deliveries));
  }

  /// Whether modules can be installed and run.
  public boolean runsModules() {
    return runtimeAbi.isPresent() && !payloadKinds.isEmpty();
  }

  private static <T> SortedSet<T> sorted(Set<T> set) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(set));
  }
}
