package dev.mote.fleet.device;

import dev.mote.module.Device;
import dev.mote.module.Payload;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What devices of one kind are; shared by all of them.
///
/// @param manufacturer of object 3
/// @param model of object 3
/// @param target name of Mote's target that the firmware was built for
/// @param architecture as modules name it
/// @param extensions as the Mote object names them
/// @param core such as `cortex-m4`
/// @param clockHz highest clock
/// @param ramBytes SRAM
/// @param ramFreeBytes of it for modules
/// @param flashBytes flash
/// @param flashFreeBytes of it for one module
/// @param kinds payloads that it takes, the best first
public record Profile(
    String manufacturer,
    String model,
    String target,
    String architecture,
    List<String> extensions,
    String core,
    long clockHz,
    long ramBytes,
    long ramFreeBytes,
    long flashBytes,
    long flashFreeBytes,
    List<Payload.Kind> kinds) {

  public static final int RUNTIME_ABI = 1;
  private static final int RUNTIME_VERSION = 1_000_000;

  public Profile {
    extensions = List.copyOf(extensions);
    kinds = List.copyOf(kinds);
  }

  /// A device that is this machine: it takes shared libraries, and can run them.
  public static Profile host() {
    String name = System.getProperty("os.arch", "unknown");
    return new Profile(
        "Example",
        "virtual-host",
        "host",
        name.equals("amd64") ? "x86-64" : name,
        List.of(),
        "host",
        1_000_000_000L,
        1 << 26,
        1 << 24,
        1 << 27,
        1 << 26,
        List.of(Payload.Kind.SHARED_LIBRARY, Payload.Kind.WEBASSEMBLY));
  }

  /// A board with a Cortex-M4 that takes native code, which it checks and does not run.
  public static Profile cortexM4() {
    return new Profile(
        "Example",
        "virtual-m4",
        "cortex-m4",
        "armv7e-m",
        List.of("dsp", "fpu-single"),
        "cortex-m4",
        80_000_000L,
        128 << 10,
        96 << 10,
        1 << 20,
        512 << 10,
        List.of(Payload.Kind.NATIVE));
  }

  /// A board with a RISC-V core without extensions for signal processing.
  public static Profile rv32() {
    return new Profile(
        "Example",
        "virtual-rv32",
        "rv32imc",
        "rv32imc",
        List.of("rv-c", "rv-m"),
        "rv32imc",
        160_000_000L,
        400 << 10,
        256 << 10,
        4 << 20,
        1 << 20,
        List.of(Payload.Kind.NATIVE));
  }

  public Profile withModel(String name) {
    return new Profile(
        manufacturer,
        name,
        target,
        architecture,
        extensions,
        core,
        clockHz,
        ramBytes,
        ramFreeBytes,
        flashBytes,
        flashFreeBytes,
        kinds);
  }

  /// The same with other memory, free and in all.
  public Profile withMemory(long ram, long flash) {
    return new Profile(
        manufacturer,
        model,
        target,
        architecture,
        extensions,
        core,
        clockHz,
        Math.max(ramBytes, ram),
        ram,
        Math.max(flashBytes, flash),
        flash,
        kinds);
  }

  /// What decides which payload of a module it takes.
  Device device() {
    Set<String> features = new TreeSet<>(extensions);
    if (features.contains("fpu-single")) {
      features.add("fpu-sp");
    }
    if (features.contains("fpu-double")) {
      features.add("fpu-dp");
    }
    return new Device(
        Set.of(architecture),
        features,
        Optional.empty(),
        ramFreeBytes,
        flashFreeBytes,
        RUNTIME_VERSION,
        kinds);
  }

  List<String> kindNames() {
    return kinds.stream()
        .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .toList();
  }
}
