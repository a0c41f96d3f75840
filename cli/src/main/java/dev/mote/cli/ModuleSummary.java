package dev.mote.cli;

import dev.mote.builder.NamedUuid;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleCodes;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.PipelineStep;
import dev.mote.module.Signal;
import dev.mote.module.Transport;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.CborText;
import dev.mote.module.cose.Sign1;
import dev.mote.module.cose.SignatureAlgorithm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A module in words and as JSON.
///
/// @param module the module
record ModuleSummary(ModuleFile module) {

  /// The identity that the options say.
  static Manifest.Identity identity(
      Bytes vendor, Bytes id, String name, String version, Optional<String> description) {
    try {
      return new Manifest.Identity(vendor, id, name, version, description);
    } catch (IllegalArgumentException e) {
      throw new ModuleException(ModuleCodes.FIELD, "options", String.valueOf(e.getMessage()));
    }
  }

  /// Says what was written.
  void print(Console console, boolean asJson, Path file, int bytes) {
    if (asJson) {
      Map<String, Object> json = json();
      json.put("file", file.toString());
      json.put("bytes", bytes);
      console.printJson(json);
    } else {
      long carried = module.carried().values().stream().mapToLong(Bytes::size).sum();
      console.print(
          "wrote %s: %,d bytes, %,d of them besides payloads"
              .formatted(file, bytes, bytes - carried));
      lines().forEach(line -> console.print("  " + line));
    }
  }

  List<String> lines() {
    Manifest manifest = module.manifest();
    Manifest.Identity identity = manifest.identity();
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s %s, sequence number %,d"
            .formatted(identity.name(), identity.version(), manifest.sequence()));
    identity.description().ifPresent(lines::add);
    lines.add("vendor   " + NamedUuid.text(identity.vendor()));
    lines.add("module   " + NamedUuid.text(identity.module()));
    manifest.licence().ifPresent(licence -> lines.add("licence  " + licence));
    Manifest.Provenance provenance = manifest.provenance();
    lines.add(
        "made     by %s %s from %s %s"
            .formatted(
                provenance.compiler(),
                provenance.compilerVersion(),
                provenance.format(),
                provenance.model().toHex()));
    for (int i = 0; i < manifest.payloads().size(); i++) {
      lines.add("payload  " + i + ": " + payload(i, manifest.payloads().get(i)));
    }
    manifest.inputs().forEach(signal -> lines.add("input    " + signal(signal)));
    manifest.preprocessing().forEach(step -> lines.add("before   " + step(step)));
    manifest.outputs().forEach(signal -> lines.add("output   " + signal(signal)));
    manifest.postprocessing().forEach(step -> lines.add("after    " + step(step)));
    lines.add("golden   %d vectors".formatted(manifest.golden().size()));
    for (Sign1 signature : module.signatures()) {
      lines.add("signed   by " + signature.keyId().toHex() + ", " + algorithm(signature));
    }
    if (module.signatures().isEmpty()) {
      lines.add("signed   by nobody");
    }
    return lines;
  }

  private String payload(int index, Payload payload) {
    Payload.Requirements needs = payload.requires();
    String features = needs.features().isEmpty() ? "" : " " + String.join(" ", needs.features());
    return "%s for %s%s, %,d bytes in %d %s, %s; needs %,d bytes of RAM, %,d of flash"
        .formatted(
            kind(payload),
            needs.architecture(),
            features,
            payload.size(),
            payload.blockCount(),
            payload.blockCount() == 1 ? "block" : "blocks",
            travels(index),
            needs.ramBytes(),
            needs.flashBytes());
  }

  private String travels(int index) {
    Bytes carried = module.carried().get(index);
    if (carried == null) {
      return "not carried";
    }
    Transport transport = module.transport(index);
    List<String> forms = new ArrayList<>();
    transport.base().ifPresent(_ -> forms.add("a delta of %,d bytes".formatted(carried.size())));
    transport
        .encryption()
        .ifPresent(
            structure ->
                forms.add(
                    "encrypted by %s for %s"
                        .formatted(
                            structure.algorithm(),
                            String.join(
                                ", ",
                                structure.recipientIds().stream().map(Bytes::toHex).toList()))));
    return forms.isEmpty() ? "in the clear" : String.join(", ", forms);
  }

  private static String kind(Payload payload) {
    return payload.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String signal(Signal signal) {
    String shape = String.join("x", signal.shape().stream().map(String::valueOf).toList());
    StringBuilder text =
        new StringBuilder(signal.name())
            .append(": ")
            .append(signal.type().name().toLowerCase(Locale.ROOT))
            .append(' ')
            .append(shape);
    signal
        .scale()
        .ifPresent(
            scale ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        ", real = %.6g * (q - %d)",
                        scale,
                        signal.zeroPoint().orElse(0))));
    signal.meaning().ifPresent(meaning -> text.append(", ").append(meaning));
    if (!signal.labels().isEmpty()) {
      text.append(": ").append(String.join(", ", signal.labels()));
    }
    return text.toString();
  }

  private static String step(PipelineStep step) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < step.values().size(); i++) {
      values.add(
          step.step().parameters().get(i).name() + " " + CborText.print(step.values().get(i)));
    }
    return (step.step().name().toLowerCase(Locale.ROOT).replace('_', '-')
            + " "
            + String.join(", ", values))
        .strip();
  }

  private static String algorithm(Sign1 signature) {
    return SignatureAlgorithm.of(signature.algorithm())
        .map(SignatureAlgorithm::name)
        .orElse("unknown algorithm " + signature.algorithm());
  }

  Map<String, Object> json() {
    Manifest manifest = module.manifest();
    Manifest.Identity identity = manifest.identity();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", identity.name());
    json.put("version", identity.version());
    json.put("sequence", manifest.sequence());
    json.put("vendor", NamedUuid.text(identity.vendor()));
    json.put("module", NamedUuid.text(identity.module()));
    identity.description().ifPresent(text -> json.put("description", text));
    manifest.licence().ifPresent(text -> json.put("licence", text));
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("model", manifest.provenance().model().toHex());
    provenance.put("format", manifest.provenance().format());
    provenance.put("compiler", manifest.provenance().compiler());
    provenance.put("version", manifest.provenance().compilerVersion());
    provenance.put("options", new TreeMap<>(manifest.provenance().options()));
    json.put("provenance", provenance);
    List<Map<String, Object>> payloads = new ArrayList<>();
    for (int i = 0; i < manifest.payloads().size(); i++) {
      payloads.add(payloadJson(i, manifest.payloads().get(i)));
    }
    json.put("payloads", payloads);
    json.put("inputs", manifest.inputs().stream().map(ModuleSummary::signalJson).toList());
    json.put("outputs", manifest.outputs().stream().map(ModuleSummary::signalJson).toList());
    json.put("preprocessing", manifest.preprocessing().stream().map(ModuleSummary::step).toList());
    json.put(
        "postprocessing", manifest.postprocessing().stream().map(ModuleSummary::step).toList());
    json.put("goldenVectors", manifest.golden().size());
    json.put(
        "signatures",
        module.signatures().stream()
            .map(
                signature -> {
                  Map<String, Object> row = new LinkedHashMap<>();
                  row.put("key", signature.keyId().toHex());
                  row.put("algorithm", algorithm(signature));
                  return row;
                })
            .toList());
    json.put("manifestBytes", module.encodedManifest().size());
    json.put("manifestDigest", module.digest().toHex());
    return json;
  }

  private Map<String, Object> payloadJson(int index, Payload payload) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind(payload));
    json.put("bytes", payload.size());
    json.put("sha256", payload.digest().toHex());
    json.put("blockBytes", payload.blockSize());
    json.put("blocks", payload.blockCount());
    json.put("architecture", payload.requires().architecture());
    json.put("features", payload.requires().features());
    json.put("ramBytes", payload.requires().ramBytes());
    json.put("flashBytes", payload.requires().flashBytes());
    json.put("files", payload.files().stream().map(Payload.SourceFile::name).toList());
    payload.entry().ifPresent(entry -> json.put("entry", entry));
    payload.memory().ifPresent(plan -> json.put("arenaBytes", plan.arenaBytes()));
    payload
        .measured()
        .ifPresent(
            figures -> {
              json.put("measuredOn", figures.where());
              figures.instructions().ifPresent(value -> json.put("instructions", value));
              figures.codeBytes().ifPresent(value -> json.put("codeBytes", value));
              figures.stackBytes().ifPresent(value -> json.put("stackBytes", value));
            });
    Bytes carried = module.carried().get(index);
    json.put("carriedBytes", carried == null ? 0 : carried.size());
    Transport transport = module.transport(index);
    transport.base().ifPresent(base -> json.put("deltaBase", base.toHex()));
    transport
        .encryption()
        .ifPresent(
            structure -> {
              json.put("encryption", structure.algorithm().name());
              json.put("recipients", structure.recipientIds().stream().map(Bytes::toHex).toList());
            });
    return json;
  }

  private static Map<String, Object> signalJson(Signal signal) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", signal.name());
    json.put("type", signal.type().name().toLowerCase(Locale.ROOT));
    json.put("shape", signal.shape());
    signal.scale().ifPresent(scale -> json.put("scale", scale.doubleValue()));
    signal.zeroPoint().ifPresent(zero -> json.put("zeroPoint", zero));
    signal.meaning().ifPresent(meaning -> json.put("meaning", meaning));
    if (!signal.labels().isEmpty()) {
      json.put("labels", signal.labels());
    }
    return json;
  }
}
