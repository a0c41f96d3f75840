package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// CBOR to manifest, refusing what the specification does not allow.
final class ManifestDecoder {

  private ManifestDecoder() {}

  /// Problems come in the order of section 6 of the specification, step 4.
  static Manifest decode(Bytes bytes) {
    Cbor item = Fields.parse(bytes, "manifest");
    Shape.MANIFEST.require(item, "manifest");
    List<Commands.Image> images = Commands.require(item);
    Fields suit = Fields.of(item, "manifest");
    return description(suit.map(Keys.PRIVATE), suit.integer(Keys.SEQUENCE), images);
  }

  private static Manifest description(Fields map, long sequence, List<Commands.Image> images) {
    map.integer(Keys.DESCRIPTION_VERSION);
    Manifest.Identity identity = identity(map.map(Keys.IDENTITY));
    Manifest.Provenance provenance = provenance(map.map(Keys.PROVENANCE));
    List<Cbor> items = Fields.array(map.item(Keys.PAYLOADS), map.at(Keys.PAYLOADS));
    if (items.size() != images.size()) {
      throw Fields.wrong(map.at(Keys.PAYLOADS), "there is one for each component");
    }
    List<Payload> payloads = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      payloads.add(payload(Fields.of(items.get(i), "payload " + i), images.get(i)));
    }
    List<Signal> inputs = map.list(Keys.INPUTS, ManifestDecoder::signal);
    List<Signal> outputs = map.list(Keys.OUTPUTS, ManifestDecoder::signal);
    List<PipelineStep> before = map.list(Keys.PREPROCESSING, ManifestDecoder::step);
    List<PipelineStep> after = map.list(Keys.POSTPROCESSING, ManifestDecoder::step);
    List<Golden> golden = map.list(Keys.GOLDEN, ManifestDecoder::golden);
    Optional<String> licence = map.optionalText(Keys.LICENCE);
    Map<Long, Cbor> extensions = map.extensions();
    map.end();
    return Fields.make(
        "manifest",
        () ->
            new Manifest(
                sequence,
                identity,
                provenance,
                payloads,
                inputs,
                outputs,
                before,
                after,
                golden,
                licence,
                extensions));
  }

  private static Manifest.Identity identity(Fields map) {
    Manifest.Identity identity =
        Fields.make(
            "identity",
            () ->
                new Manifest.Identity(
                    map.bytes(1), map.bytes(2), map.text(3), map.text(4), map.optionalText(5)));
    map.end();
    return identity;
  }

  private static Manifest.Provenance provenance(Fields map) {
    Map<String, String> options = new LinkedHashMap<>();
    map.find(5).ifPresent(item -> options.putAll(options(item, map.at(5))));
    Manifest.Provenance provenance =
        Fields.make(
            "provenance",
            () ->
                new Manifest.Provenance(
                    map.bytes(1), map.text(2), map.text(3), map.text(4), options));
    map.end();
    return provenance;
  }

  private static Map<String, String> options(Cbor item, String where) {
    if (!(item instanceof Cbor.Mapping(Map<Cbor, Cbor> entries)) || entries.isEmpty()) {
      throw Fields.wrong(where, "it is not a map with entries");
    }
    Map<String, String> options = new LinkedHashMap<>();
    entries.forEach(
        (key, value) -> options.put(Fields.text(key, where), Fields.text(value, where)));
    return options;
  }

  private static Payload payload(Fields map, Commands.Image image) {
    Payload.Kind kind =
        Numbered.of(map.integer(1), Payload.Kind.values(), Payload.Kind::number, map.at(1));
    Payload.Requirements requires = requirements(map.map(2));
    List<Bytes> blocks = map.find(4).map(item -> hashes(item, map.at(4))).orElse(List.of());
    List<Payload.SourceFile> files = map.list(5, ManifestDecoder::file);
    Optional<Payload.MemoryPlan> memory =
        map.find(7).map(item -> memory(Fields.of(item, map.at(7))));
    Optional<Payload.Measured> measured =
        map.find(8).map(item -> measured(Fields.of(item, map.at(8))));
    Payload payload =
        Fields.make(
            map.at(0).replace(".0", ""),
            () ->
                new Payload(
                    kind,
                    image.size(),
                    image.sha256(),
                    map.small(3),
                    blocks,
                    requires,
                    files,
                    map.optionalText(6),
                    memory,
                    measured));
    map.end();
    return payload;
  }

  private static List<Bytes> hashes(Cbor item, String where) {
    Bytes all = Fields.bytes(item, where);
    if (all.isEmpty() || all.size() % 32 != 0) {
      throw Fields.wrong(where, "hashes have 32 bytes each");
    }
    List<Bytes> hashes = new ArrayList<>();
    for (int at = 0; at < all.size(); at += 32) {
      hashes.add(all.slice(at, at + 32));
    }
    return hashes;
  }

  private static Payload.SourceFile file(Cbor item, String where) {
    List<Cbor> pair = Fields.array(item, 2, where);
    return Fields.make(
        where,
        () ->
            new Payload.SourceFile(
                Fields.text(pair.get(0), where), Fields.small(pair.get(1), where)));
  }

  private static Payload.Requirements requirements(Fields map) {
    List<String> features = map.list(2, Fields::text);
    int runtime = map.find(6).map(item -> positive(item, map.at(6))).orElse(0);
    Payload.Requirements requires =
        Fields.make(
            map.at(1),
            () ->
                new Payload.Requirements(
                    map.text(1),
                    features,
                    map.optionalText(3),
                    map.integer(4),
                    map.integer(5),
                    runtime));
    map.end();
    return requires;
  }

  /// A number that is left out when it is 0.
  private static int positive(Cbor item, String where) {
    int value = Fields.small(item, where);
    if (value <= 0) {
      throw Fields.wrong(where, "a value of 0 is left out");
    }
    return value;
  }

  private static Payload.MemoryPlan memory(Fields map) {
    Payload.MemoryPlan plan =
        Fields.make(
            map.at(1),
            () ->
                new Payload.MemoryPlan(
                    map.integer(1),
                    map.small(2),
                    map.list(3, Fields::small),
                    map.list(4, Fields::small),
                    map.integer(5),
                    map.integer(6)));
    map.end();
    return plan;
  }

  private static Payload.Measured measured(Fields map) {
    Payload.Measured measured =
        Fields.make(
            map.at(1),
            () ->
                new Payload.Measured(
                    map.text(1), figure(map, 2), figure(map, 3), figure(map, 4), figure(map, 5)));
    map.end();
    return measured;
  }

  private static Optional<Long> figure(Fields map, long key) {
    return map.find(key).map(item -> Fields.integer(item, map.at(key)));
  }

  private static Signal signal(Cbor item, String where) {
    Fields map = Fields.of(item, where);
    List<Integer> shape =
        Fields.each(Fields.array(map.item(2), map.at(2)), map.at(2), Fields::small);
    Signal.Type type =
        Numbered.of(map.integer(3), Signal.Type.values(), Signal.Type::number, map.at(3));
    Signal signal =
        Fields.make(
            where,
            () ->
                new Signal(
                    map.text(1),
                    shape,
                    type,
                    map.find(4).map(scale -> Fields.real(scale, map.at(4))),
                    map.find(5).map(zero -> Fields.small(zero, map.at(5))),
                    map.optionalText(6),
                    map.list(7, Fields::text)));
    map.end();
    return signal;
  }

  private static PipelineStep step(Cbor item, String where) {
    List<Cbor> parts = Fields.array(item, 3, where);
    long number = Fields.integer(parts.get(0), where);
    StandardStep step =
        StandardStep.of(number)
            .orElseThrow(() -> Fields.wrong(where, "%,d is no step".formatted(number)));
    Fields map = Fields.of(parts.get(2), where);
    List<Cbor> values =
        step.parameters().stream().map(parameter -> map.item(parameter.key())).toList();
    map.end();
    return Fields.make(
        where, () -> new PipelineStep(step, Fields.small(parts.get(1), where), values));
  }

  private static Golden golden(Cbor item, String where) {
    List<Cbor> parts = Fields.array(item, 2, where);
    return new Golden(
        Fields.list(parts.get(0), where + ".inputs", ManifestDecoder::goldenInput),
        Fields.list(parts.get(1), where + ".outputs", ManifestDecoder::goldenOutput));
  }

  private static Golden.Input goldenInput(Cbor item, String where) {
    List<Cbor> parts = Fields.array(item, where);
    long form = parts.isEmpty() ? 0 : Fields.integer(parts.getFirst(), where);
    if (form == 1) {
      return new Golden.Input.Literal(Fields.bytes(Fields.array(item, 2, where).get(1), where));
    }
    if (form != 2 && form != 3) {
      throw Fields.wrong(where, "it has no form of an input");
    }
    Fields.array(item, 3, where);
    int factor = Fields.small(parts.get(1), where);
    int offset = Fields.small(parts.get(2), where);
    return Fields.make(
        where,
        () ->
            form == 2
                ? new Golden.Input.Linear(factor, offset)
                : new Golden.Input.LinearFloats(factor, offset));
  }

  private static Golden.Output goldenOutput(Cbor item, String where) {
    List<Cbor> parts = Fields.array(item, where);
    long form = parts.isEmpty() ? 0 : Fields.integer(parts.getFirst(), where);
    if (form < 1 || form > 3) {
      throw Fields.wrong(where, "it has no form of an output");
    }
    Fields.array(item, form == 3 ? 3 : 2, where);
    Bytes bytes = Fields.bytes(parts.get(1), where);
    return Fields.make(
        where,
        () ->
            form == 1
                ? new Golden.Output.Exact(bytes)
                : form == 2
                    ? new Golden.Output.Hash(bytes)
                    : new Golden.Output.Near(bytes, Fields.real(parts.get(2), where)));
  }
}
