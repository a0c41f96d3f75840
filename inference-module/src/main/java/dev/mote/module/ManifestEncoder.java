package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;
import java.util.List;
import java.util.function.Function;

/// Manifest to CBOR.
final class ManifestEncoder {

  static final int VERSION = 1;

  private ManifestEncoder() {}

  static Bytes encode(Manifest manifest) {
    List<Payload> payloads = manifest.payloads();
    List<Commands.Image> images =
        payloads.stream().map(p -> new Commands.Image(p.digest(), p.size())).toList();
    Cbor common =
        new MapBuilder()
            .put(Keys.COMPONENTS, Commands.components(payloads.size()))
            .put(Keys.SHARED_SEQUENCE, Commands.shared(images))
            .build();
    return CborWriter.write(
        new MapBuilder()
            .put(Keys.MANIFEST_VERSION, Cbor.of(VERSION))
            .put(Keys.SEQUENCE, Cbor.of(manifest.sequence()))
            .put(Keys.COMMON, Cbor.wrapped(common))
            .put(Keys.VALIDATE, Commands.validate(payloads.size()))
            .put(Keys.INSTALL, Commands.install(payloads.size()))
            .put(Keys.PRIVATE, description(manifest))
            .build());
  }

  private static Cbor description(Manifest manifest) {
    MapBuilder map =
        new MapBuilder()
            .put(Keys.DESCRIPTION_VERSION, Cbor.of(VERSION))
            .put(Keys.IDENTITY, identity(manifest.identity()))
            .put(Keys.PROVENANCE, provenance(manifest.provenance()))
            .put(Keys.PAYLOADS, list(manifest.payloads(), ManifestEncoder::payload))
            .put(Keys.INPUTS, list(manifest.inputs(), ManifestEncoder::signal))
            .put(Keys.OUTPUTS, list(manifest.outputs(), ManifestEncoder::signal))
            .put(Keys.GOLDEN, list(manifest.golden(), ManifestEncoder::golden))
            .put(Keys.LICENCE, manifest.licence(), Cbor::of);
    putList(map, Keys.PREPROCESSING, manifest.preprocessing(), ManifestEncoder::step);
    putList(map, Keys.POSTPROCESSING, manifest.postprocessing(), ManifestEncoder::step);
    manifest.extensions().forEach(map::put);
    return map.build();
  }

  private static Cbor identity(Manifest.Identity identity) {
    return new MapBuilder()
        .put(1, Cbor.of(identity.vendor()))
        .put(2, Cbor.of(identity.module()))
        .put(3, Cbor.of(identity.name()))
        .put(4, Cbor.of(identity.version()))
        .put(5, identity.description(), Cbor::of)
        .build();
  }

  private static Cbor provenance(Manifest.Provenance provenance) {
    MapBuilder options = new MapBuilder();
    provenance.options().forEach((key, value) -> options.put(key, Cbor.of(value)));
    MapBuilder map =
        new MapBuilder()
            .put(1, Cbor.of(provenance.model()))
            .put(2, Cbor.of(provenance.format()))
            .put(3, Cbor.of(provenance.compiler()))
            .put(4, Cbor.of(provenance.compilerVersion()));
    if (!provenance.options().isEmpty()) {
      map.put(5, options.build());
    }
    return map.build();
  }

  private static Cbor payload(Payload payload) {
    MapBuilder map =
        new MapBuilder()
            .put(1, Cbor.of(payload.kind().number()))
            .put(2, requirements(payload.requires()))
            .put(3, Cbor.of(payload.blockSize()))
            .put(6, payload.entry(), Cbor::of)
            .put(7, payload.memory(), ManifestEncoder::memory)
            .put(8, payload.measured(), ManifestEncoder::measured);
    if (!payload.blocks().isEmpty()) {
      map.put(4, Cbor.of(payload.blocks().stream().reduce(Bytes.EMPTY, Bytes::then)));
    }
    putList(
        map, 5, payload.files(), file -> Cbor.array(Cbor.of(file.name()), Cbor.of(file.size())));
    return map.build();
  }

  private static Cbor requirements(Payload.Requirements requires) {
    MapBuilder map =
        new MapBuilder()
            .put(1, Cbor.of(requires.architecture()))
            .put(3, requires.abi(), Cbor::of)
            .put(4, Cbor.of(requires.ramBytes()))
            .put(5, Cbor.of(requires.flashBytes()));
    putList(map, 2, requires.features(), Cbor::of);
    if (requires.runtime() > 0) {
      map.put(6, Cbor.of(requires.runtime()));
    }
    return map.build();
  }

  private static Cbor memory(Payload.MemoryPlan plan) {
    return new MapBuilder()
        .put(1, Cbor.of(plan.arenaBytes()))
        .put(2, Cbor.of(plan.alignment()))
        .put(3, list(plan.inputOffsets(), Cbor::of))
        .put(4, list(plan.outputOffsets(), Cbor::of))
        .put(5, Cbor.of(plan.weightBytes()))
        .put(6, Cbor.of(plan.tableBytes()))
        .build();
  }

  private static Cbor measured(Payload.Measured measured) {
    return new MapBuilder()
        .put(1, Cbor.of(measured.where()))
        .put(2, measured.instructions(), Cbor::of)
        .put(3, measured.codeBytes(), Cbor::of)
        .put(4, measured.stackBytes(), Cbor::of)
        .put(5, measured.macs(), Cbor::of)
        .build();
  }

  private static Cbor signal(Signal signal) {
    MapBuilder map =
        new MapBuilder()
            .put(1, Cbor.of(signal.name()))
            .put(2, list(signal.shape(), Cbor::of))
            .put(3, Cbor.of(signal.type().number()))
            .put(4, signal.scale(), Cbor::of)
            .put(5, signal.zeroPoint(), Cbor::of)
            .put(6, signal.meaning(), Cbor::of);
    putList(map, 7, signal.labels(), Cbor::of);
    return map.build();
  }

  private static Cbor step(PipelineStep step) {
    MapBuilder values = new MapBuilder();
    for (int i = 0; i < step.values().size(); i++) {
      values.put(step.step().parameters().get(i).key(), step.values().get(i));
    }
    return Cbor.array(Cbor.of(step.step().number()), Cbor.of(step.signal()), values.build());
  }

  private static Cbor golden(Golden golden) {
    return Cbor.array(
        list(golden.inputs(), ManifestEncoder::goldenInput),
        list(golden.outputs(), ManifestEncoder::goldenOutput));
  }

  private static Cbor goldenInput(Golden.Input input) {
    return switch (input) {
      case Golden.Input.Literal(Bytes bytes) -> Cbor.array(Cbor.of(1), Cbor.of(bytes));
      case Golden.Input.Linear(int factor, int offset) ->
          Cbor.array(Cbor.of(2), Cbor.of(factor), Cbor.of(offset));
      case Golden.Input.LinearFloats(int factor, int offset) ->
          Cbor.array(Cbor.of(3), Cbor.of(factor), Cbor.of(offset));
    };
  }

  private static Cbor goldenOutput(Golden.Output output) {
    return switch (output) {
      case Golden.Output.Exact(Bytes bytes) -> Cbor.array(Cbor.of(1), Cbor.of(bytes));
      case Golden.Output.Hash(Bytes digest) -> Cbor.array(Cbor.of(2), Cbor.of(digest));
      case Golden.Output.Near(Bytes bytes, float tolerance) ->
          Cbor.array(Cbor.of(3), Cbor.of(bytes), Cbor.of((double) tolerance));
    };
  }

  private static <T> void putList(MapBuilder map, long key, List<T> items, Function<T, Cbor> form) {
    if (!items.isEmpty()) {
      map.put(key, list(items, form));
    }
  }

  private static <T> Cbor list(List<T> items, Function<T, Cbor> form) {
    return Cbor.array(items.stream().map(form).toList());
  }
}
