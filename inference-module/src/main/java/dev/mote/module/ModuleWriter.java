package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;

/// Writes module files: authentication, manifest, transports, and then the payloads in order.
public final class ModuleWriter {

  private ModuleWriter() {}

  /// The file of `module`; equal modules have equal files.
  public static Bytes write(ModuleFile module) {
    MapBuilder envelope =
        new MapBuilder()
            .put(
                Keys.AUTHENTICATION,
                new Authentication(module.digest(), module.signatures()).toCbor())
            .put(Keys.MANIFEST, Cbor.of(module.encodedManifest()));
    if (!module.transports().isEmpty()) {
      envelope.put(
          Keys.PRIVATE,
          Cbor.wrapped(
              Cbor.array(
                  module.transports().values().stream().map(ModuleWriter::transport).toList())));
    }
    module
        .carried()
        .forEach((index, bytes) -> envelope.put(Commands.payloadKey(index), Cbor.of(bytes)));
    return CborWriter.write(new Cbor.Tag(Keys.ENVELOPE_TAG, envelope.build()));
  }

  private static Cbor transport(Transport transport) {
    return new MapBuilder()
        .put(1, Cbor.of(transport.payload()))
        .put(2, transport.base(), Cbor::of)
        .put(3, transport.encryption(), structure -> Cbor.wrapped(structure.toCbor()))
        .build();
  }
}
