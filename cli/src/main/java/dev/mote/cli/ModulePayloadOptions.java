package dev.mote.cli;

import dev.mote.module.ModuleFile;
import dev.mote.module.NativeTable;
import dev.mote.module.Payload;
import dev.mote.module.Payloads;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.RecipientKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What opens payloads that are encrypted or are deltas.
final class ModulePayloadOptions {

  @Option(
      names = "--decrypt-key",
      paramLabel = "PEM",
      description = "Private or shared key of a recipient, for encrypted payloads; may repeat.")
  private List<Path> decryptKeys = new ArrayList<>();

  @Option(
      names = "--base",
      paramLabel = "MODULE",
      description = "The module that deltas were made from.")
  private @Nullable Path base;

  /// The plain contents of every payload that `module` carries, by index.
  SortedMap<Integer, Bytes> open(ModuleFile module) {
    List<RecipientKey> keys = ModuleFiles.recipientKeys(decryptKeys);
    SortedMap<Integer, Bytes> bases = new TreeMap<>();
    if (base != null) {
      ModuleFile predecessor = ModuleFiles.read(base);
      for (int index : predecessor.carried().keySet()) {
        bases.put(index, Payloads.open(predecessor, index, keys, Optional.empty()));
      }
    }
    SortedMap<Integer, Bytes> contents = new TreeMap<>();
    for (int index : module.carried().keySet()) {
      Optional<Bytes> predecessor =
          module
              .transport(index)
              .base()
              .flatMap(
                  digest ->
                      bases.values().stream().filter(b -> b.sha256().equals(digest)).findFirst());
      Bytes opened = Payloads.open(module, index, keys, predecessor);
      if (module.manifest().payloads().get(index).kind() == Payload.Kind.NATIVE) {
        NativeTable.read(opened).requireFor(module.manifest(), index);
      }
      contents.put(index, opened);
    }
    return contents;
  }

  /// `kws.tflite` and the like, for a payload that is one file.
  static String fileName(String name, Payload payload) {
    return name
        + switch (payload.kind()) {
          case NATIVE -> ".bin";
          case C_SOURCES -> ".c";
          case TFLITE -> ".tflite";
          case WEBASSEMBLY -> ".wasm";
          case SHARED_LIBRARY -> ".so";
        };
  }
}
