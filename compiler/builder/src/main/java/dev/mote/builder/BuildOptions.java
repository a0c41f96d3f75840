package dev.mote.builder;

import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Payload;
import dev.mote.pluginhost.choice.Policy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What a user may say about how a module is built; everything else follows from the device.
///
/// @param optimize what is preferred where it does not matter for fitting
/// @param policy what makes one compiler better than another among those whose module fits
/// @param compiler the only compiler that may be taken, by name
/// @param kind the only kind of payload that may be built
/// @param latency longest time of one inference
/// @param verify whether the module is run on an emulated board before it is handed out, where
///     there is one
public record BuildOptions(
    Optimize optimize,
    Policy policy,
    Optional<String> compiler,
    Optional<Payload.Kind> kind,
    Optional<Duration> latency,
    boolean verify) {

  /// Balanced, the fastest compiler, verified.
  public static final BuildOptions STANDARD =
      new BuildOptions(
          Optimize.BALANCED,
          Policy.FASTEST,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          true);

  /// What a module for a device of these facts must not exceed.
  Constraints constraints(OptionalLong ramBytes, OptionalLong flashBytes) {
    return new Constraints(latency, ramBytes, flashBytes);
  }

  /// As JSON has it; [#parse] reads it again.
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("optimize", optimize.name().toLowerCase(Locale.ROOT));
    json.put("policy", policy.toString());
    compiler.ifPresent(value -> json.put("compiler", value));
    kind.ifPresent(value -> json.put("kind", value.label()));
    latency.ifPresent(value -> json.put("latencyMicroseconds", value.toNanos() / 1000));
    json.put("verify", verify);
    return json;
  }

  /// The options in `json`; what is not there is as in [#STANDARD].
  ///
  /// @throws IllegalArgumentException with a sentence about the member that is wrong
  public static BuildOptions parse(Map<String, ?> json) {
    for (String name : json.keySet()) {
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(
            "there is no option '%s'; the options are %s"
                .formatted(name, String.join(", ", NAMES)));
      }
    }
    return new BuildOptions(
        text(json, "optimize").map(BuildOptions::optimize).orElse(STANDARD.optimize),
        text(json, "policy").map(BuildOptions::policy).orElse(STANDARD.policy),
        text(json, "compiler"),
        text(json, "kind").map(BuildOptions::kind),
        Optional.ofNullable(json.get("latencyMicroseconds")).map(BuildOptions::microseconds),
        !Boolean.FALSE.equals(json.get("verify")));
  }

  private static final List<String> NAMES =
      List.of("optimize", "policy", "compiler", "kind", "latencyMicroseconds", "verify");

  private static Optional<String> text(Map<String, ?> json, String name) {
    return Optional.ofNullable(json.get(name)).map(String::valueOf);
  }

  private static Optimize optimize(String text) {
    for (Optimize optimize : Optimize.values()) {
      if (optimize.name().toLowerCase(Locale.ROOT).equals(text)) {
        return optimize;
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is none of speed, size, memory, balanced (optimize)");
  }

  private static Policy policy(String text) {
    return Policy.parse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + text
                        + "' is none of fastest, smallest, least-energy, vendor:NAME (policy)"));
  }

  private static Payload.Kind kind(String text) {
    for (Payload.Kind kind : Payload.Kind.values()) {
      if (kind.label().equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is none of native, c-sources, tflite, webassembly, shared-library (kind)");
  }

  private static Duration microseconds(Object value) {
    if (value instanceof Number number && number.longValue() > 0) {
      return Duration.ofNanos(number.longValue() * 1000);
    }
    throw new IllegalArgumentException("'" + value + "' is no time above 0 (latencyMicroseconds)");
  }
}
