package dev.mote.bench;

import dev.mote.cli.Mote;
import dev.mote.module.Golden;
import dev.mote.module.KeyFiles;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleReader;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payload;
import dev.mote.module.Payloads;
import dev.mote.module.cbor.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// Keys, and the modules that the demonstration installs on one device; made by the command line,
/// as anybody makes them.
///
/// @param keys folder of the keys and models
/// @param folder where the modules go
/// @param target what their code is compiled for
record DemoModules(Path keys, Path folder, String target) {

  static final String MODEL = LabelledModel.NAME + ".tflite";
  static final String RETRAINED = "retrained.tflite";

  /// A module as it travels.
  ///
  /// @param file all of it
  /// @param payloadBytes what of it is the payload as it travels
  /// @param plainBytes the payload in full and in the clear
  record Travelling(byte[] file, int payloadBytes, int plainBytes) {}

  /// Makes the keys and writes the models.
  static void prepare(Path keys, LabelledModel model, LabelledModel retrained) throws IOException {
    Files.write(keys.resolve(MODEL), model.file().toByteArray());
    Files.write(keys.resolve(RETRAINED), retrained.file().toByteArray());
    mote("module", "keygen", keys.resolve("vendor").toString(), "--kind", "es256");
    mote("module", "keygen", keys.resolve("stranger").toString(), "--kind", "es256");
    mote("module", "keygen", keys.resolve("device").toString(), "--kind", "p256");
  }

  /// Compiles, packs and signs.
  void build(String model, long sequence, String signer, String module) throws IOException {
    mote(
        "module",
        "build",
        keys.resolve(model).toString(),
        "--target",
        target,
        "--payload",
        "native",
        "--name",
        LabelledModel.NAME,
        "--sequence",
        Long.toString(sequence),
        "--key",
        keys.resolve(signer + ".pem").toString(),
        "--output",
        folder.resolve(module).toString());
  }

  /// A module for the device alone.
  void encrypt(String module, String encrypted) throws IOException {
    mote(
        "module",
        "encrypt",
        folder.resolve(module).toString(),
        "--recipient",
        keys.resolve("device.pub.pem").toString(),
        "--output",
        folder.resolve(encrypted).toString());
  }

  /// What changed between two modules.
  void delta(String before, String after, String delta) throws IOException {
    mote(
        "module",
        "diff",
        folder.resolve(before).toString(),
        folder.resolve(after).toString(),
        "--output",
        folder.resolve(delta).toString());
  }

  /// A module that promises other results than it computes, signed as it should be.
  void promiseTooMuch(String module, String result) throws IOException {
    ModuleFile right = ModuleReader.read(Bytes.of(Files.readAllBytes(folder.resolve(module))));
    Manifest m = right.manifest();
    Golden first = m.golden().getFirst();
    Bytes wrong = Bytes.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    Manifest boastful =
        new Manifest(
            m.sequence(),
            m.identity(),
            m.provenance(),
            m.payloads(),
            m.inputs(),
            m.outputs(),
            m.preprocessing(),
            m.postprocessing(),
            List.of(new Golden(first.inputs(), List.of(new Golden.Output.Exact(wrong)))),
            m.licence(),
            m.extensions());
    Path vendor = keys.resolve("vendor.pem");
    ModuleFile signed =
        ModuleFile.of(boastful, List.of(Payloads.open(right, 0)))
            .signed(List.of(KeyFiles.signingKey(Files.readString(vendor), vendor.toString())));
    Files.write(folder.resolve(result), ModuleWriter.write(signed).toByteArray());
  }

  Travelling read(String module) throws IOException {
    byte[] file = Files.readAllBytes(folder.resolve(module));
    ModuleFile parsed = ModuleReader.read(Bytes.of(file));
    Payload payload = parsed.manifest().payloads().getFirst();
    return new Travelling(
        file, Objects.requireNonNull(parsed.carried().get(0)).size(), payload.size());
  }

  /// Runs a command of `mote`, which must succeed.
  private static void mote(String... words) {
    ByteArrayOutputStream talk = new ByteArrayOutputStream();
    int status = Mote.run(talk, talk, words);
    if (status != 0) {
      throw new IllegalStateException(
          "mote " + String.join(" ", words) + "\n" + talk.toString(StandardCharsets.UTF_8));
    }
  }
}
