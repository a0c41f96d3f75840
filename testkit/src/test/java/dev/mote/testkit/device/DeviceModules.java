package dev.mote.testkit.device;

import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.Signal;
import dev.mote.module.cbor.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Modules for the device of the test program, whose model adds the first byte of its code to four
/// bytes and copies three floats.
final class DeviceModules {

  private DeviceModules() {}

  /// What of a module's golden vectors the model does not compute.
  enum Wrong {
    NOTHING,
    EXACT,
    HASH,
    NEAR
  }

  /// A module that nobody signed.
  ///
  /// @param code starts with the byte 0x38
  /// @param block size of its blocks
  /// @param descriptionLength what makes its head longer
  static ModuleFile of(long sequence, Bytes code, int block, Wrong wrong, int descriptionLength) {
    Payload.Requirements requires =
        new Payload.Requirements(
            "armv7e-m", List.of("dsp"), Optional.of("aapcs"), 256, code.size(), 0);
    Payload usual = Payload.of(Payload.Kind.NATIVE, code, requires);
    List<Bytes> hashes = new ArrayList<>();
    for (int at = 0; at < code.size(); at += block) {
      hashes.add(code.sha256(at, Math.min(code.size(), at + block)));
    }
    Payload payload =
        new Payload(
            usual.kind(),
            usual.size(),
            usual.digest(),
            block,
            hashes,
            requires,
            List.of(),
            Optional.empty(),
            Optional.of(new Payload.MemoryPlan(52, 4, List.of(0, 8), List.of(32, 40), 0, 0)),
            Optional.empty());
    Manifest manifest =
        new Manifest(
            sequence,
            new Manifest.Identity(
                Bytes.of(new byte[16]),
                Bytes.of(new byte[16]),
                "device",
                "1.0",
                Optional.of("d".repeat(descriptionLength))),
            new Manifest.Provenance(code.sha256(), "tflite", "mote", "0.1.0", Map.of()),
            List.of(payload),
            List.of(signal("x", Signal.Type.INT8, 4), signal("f", Signal.Type.FLOAT32, 3)),
            List.of(signal("y", Signal.Type.INT8, 4), signal("g", Signal.Type.FLOAT32, 3)),
            List.of(),
            List.of(),
            golden(wrong),
            Optional.empty(),
            Map.of());
    return ModuleFile.of(manifest, List.of(code));
  }

  private static List<Golden> golden(Wrong wrong) {
    Golden.Input floats = new Golden.Input.LinearFloats(37, 11);
    Golden.Input near = new Golden.Input.LinearFloats(37, wrong == Wrong.NEAR ? 12 : 11);
    Bytes copied = new Golden.Input.LinearFloats(3, 200).expand(12);
    return List.of(
        new Golden(
            List.of(new Golden.Input.Linear(37, 11), floats),
            List.of(
                new Golden.Output.Exact(Bytes.hex(wrong == Wrong.EXACT ? "43688db1" : "43688db2")),
                new Golden.Output.Near(near.expand(12), 1e-5f))),
        new Golden(
            List.of(
                new Golden.Input.Literal(Bytes.hex("010203ff")), new Golden.Input.Literal(copied)),
            List.of(
                new Golden.Output.Hash(
                    Bytes.hex(wrong == Wrong.HASH ? "393a3b36" : "393a3b37").sha256()),
                new Golden.Output.Exact(copied))));
  }

  private static Signal signal(String name, Signal.Type type, int elements) {
    return new Signal(
        name,
        List.of(1, elements),
        type,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
