package dev.mote.builder;

import dev.mote.ir.Blob;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/// What is known of a device that decides which module is built for it. Devices whose facts are
/// equal get the same module.
///
/// Words are those of a module's manifest; the synonyms that devices use are brought to them:
/// `fpu-single` is `fpu-sp`, `rv32` with its extensions `rv-m` and `rv-c` is `rv32imc`, `wasm` is
/// `webassembly`.
///
/// @param target name of a target, as the firmware was built for it
/// @param architecture such as `armv7e-m`, `armv8-m.main`, `rv32imc`, `x86-64`
/// @param extensions such as `dsp`, `mve`, `fpu-sp`
/// @param core such as `cortex-m4`
/// @param ramBytes RAM that a module may have, rounded down to 1,024 bytes
/// @param flashBytes flash that a module may have, rounded down likewise
/// @param runtimeAbi version of the interface between the device's runtime and native code; empty
///     without such a runtime
/// @param payloadKinds kinds of payload that the runtime takes
/// @param accelerators such as `ethos-u55-128`
/// @param features of the runtime, such as `delta` and `encryption`
public record DeviceFacts(
    Optional<String> target,
    Optional<String> architecture,
    SortedSet<String> extensions,
    Optional<String> core,
    OptionalLong ramBytes,
    OptionalLong flashBytes,
    OptionalLong runtimeAbi,
    SortedSet<String> payloadKinds,
    SortedSet<String> accelerators,
    SortedSet<String> features) {

  private static final long UNIT = 1024;

  private static final Map<String, String> SYNONYMS =
      Map.of(
          "fpu-single", "fpu-sp",
          "fpu-double", "fpu-dp",
          "wasm", "webassembly",
          "c", "c-sources",
          "tflm", "tflite",
          "shared-object", "shared-library",
          "x86_64", "x86-64",
          "amd64", "x86-64");

  public DeviceFacts {
    extensions = words(extensions);
    architecture = architecture.map(DeviceFacts::word);
    if (architecture.isPresent()
        && architecture.get().equals("rv32")
        && extensions.containsAll(List.of("rv-c", "rv-m"))) {
      architecture = Optional.of("rv32imc");
    }
    target = target.map(DeviceFacts::lower);
    core = core.map(DeviceFacts::lower);
    ramBytes = rounded(ramBytes);
    flashBytes = rounded(flashBytes);
    payloadKinds = words(payloadKinds);
    accelerators = words(accelerators);
    features = words(features);
  }

  /// Facts of a device of which only its target is known: all memory of the target is for the
  /// module, and it takes what Mote's runtime takes there.
  ///
  /// @throws dev.mote.ir.DiagnosticException when there is no such target
  public static DeviceFacts of(String targetName) {
    Target target = Targets.find(targetName);
    Payload.Kind kind =
        switch (target.instructionSet()) {
          case HOST -> Payload.Kind.SHARED_LIBRARY;
          case WASM32 -> Payload.Kind.WEBASSEMBLY;
          case ARMV6M, ARMV7M, ARMV7EM, ARMV81M_MVE, RV32IMC -> Payload.Kind.NATIVE;
        };
    return new DeviceFacts(
        Optional.of(target.name()),
        Optional.empty(),
        Collections.emptySortedSet(),
        Optional.empty(),
        limit(target, Target.Memory.Kind.RAM),
        limit(target, Target.Memory.Kind.FLASH),
        kind == Payload.Kind.NATIVE ? OptionalLong.of(1) : OptionalLong.empty(),
        new TreeSet<>(List.of(kind.label())),
        Collections.emptySortedSet(),
        Collections.emptySortedSet());
  }

  private static OptionalLong limit(Target target, Target.Memory.Kind kind) {
    return target.limit(kind).map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  /// SHA-256 of all facts, in hexadecimal digits: equal for equal facts, in every process.
  public String digest() {
    return Blob.of(canonical().getBytes(StandardCharsets.UTF_8)).sha256();
  }

  /// The facts with their names, as JSON has them; [#parse] reads them again.
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    target.ifPresent(value -> json.put("target", value));
    architecture.ifPresent(value -> json.put("architecture", value));
    json.put("extensions", List.copyOf(extensions));
    core.ifPresent(value -> json.put("core", value));
    ramBytes.ifPresent(value -> json.put("ramBytes", value));
    flashBytes.ifPresent(value -> json.put("flashBytes", value));
    runtimeAbi.ifPresent(value -> json.put("runtimeAbi", value));
    json.put("payloadKinds", List.copyOf(payloadKinds));
    json.put("accelerators", List.copyOf(accelerators));
    json.put("features", List.copyOf(features));
    return json;
  }

  /// The facts that [#json] wrote.
  public static DeviceFacts parse(Map<String, ?> json) {
    return new DeviceFacts(
        text(json, "target"),
        text(json, "architecture"),
        texts(json, "extensions"),
        text(json, "core"),
        number(json, "ramBytes"),
        number(json, "flashBytes"),
        number(json, "runtimeAbi"),
        texts(json, "payloadKinds"),
        texts(json, "accelerators"),
        texts(json, "features"));
  }

  private static Optional<String> text(Map<String, ?> json, String name) {
    return Optional.ofNullable(json.get(name)).map(String::valueOf);
  }

  private static OptionalLong number(Map<String, ?> json, String name) {
    return json.get(name) instanceof Number value
        ? OptionalLong.of(value.longValue())
        : OptionalLong.empty();
  }

  private static SortedSet<String> texts(Map<String, ?> json, String name) {
    TreeSet<String> texts = new TreeSet<>();
    if (json.get(name) instanceof Collection<?> values) {
      values.forEach(value -> texts.add(String.valueOf(value)));
    }
    return texts;
  }

  /// What a device of this kind is called: its target, else its core or architecture.
  public String name() {
    return target.or(() -> core).or(() -> architecture).orElse("a device that says nothing");
  }

  /// One line for people: `cortex-m4, 64 KiB of RAM and 256 KiB of flash free, takes native`.
  public String words() {
    StringBuilder words = new StringBuilder(name());
    ramBytes.ifPresent(bytes -> words.append(", %,d bytes of RAM".formatted(bytes)));
    flashBytes.ifPresent(bytes -> words.append(", %,d bytes of flash".formatted(bytes)));
    return words
        .append(payloadKinds.isEmpty() ? ", takes no payload" : ", takes ")
        .append(String.join(", ", payloadKinds))
        .toString();
  }

  private String canonical() {
    StringBuilder text = new StringBuilder("mote-device-facts-1\n");
    json().forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  private static OptionalLong rounded(OptionalLong bytes) {
    return bytes.isPresent()
        ? OptionalLong.of(Math.max(0, bytes.getAsLong()) / UNIT * UNIT)
        : bytes;
  }

  private static SortedSet<String> words(SortedSet<String> words) {
    TreeSet<String> all = new TreeSet<>();
    words.forEach(word -> all.add(word(word)));
    return Collections.unmodifiableSortedSet(all);
  }

  private static String lower(String word) {
    return word.strip().toLowerCase(Locale.ROOT);
  }

  private static String word(String word) {
    String lower = lower(word);
    return SYNONYMS.getOrDefault(lower, lower);
  }
}
