package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import dev.mote.module.cose.VerificationKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Modules and keys for tests.
final class Samples {

  /// The key of test 1 in RFC 8032, section 7.1.
  static final SigningKey RFC_8032 = rfc8032();

  private Samples() {}

  private static SigningKey rfc8032() {
    try {
      return SigningKey.of(
          Bytes.hex(
              "302e020100300506032b657004220420"
                  + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
          VerificationKey.of(
              SignatureAlgorithm.ED25519,
              Bytes.hex(
                  "302a300506032b6570032100"
                      + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")));
    } catch (CoseProblem e) {
      throw new IllegalStateException(e);
    }
  }

  private static final Bytes HEADER =
      Bytes.utf8("int model_invoke(const signed char *in, signed char *out, void *arena);\n");

  static final Bytes SOURCES =
      HEADER.then(
          Bytes.utf8(
              "int model_invoke(const signed char *in, signed char *out, void *arena) { return 0; }"
                  + "\n"));

  static final Bytes NATIVE = random(5000, 1);

  static final Bytes OTHER_DIGEST = random(32, 4);

  static Bytes random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return Bytes.of(bytes);
  }

  /// A manifest that uses every field.
  static Manifest manifest(long sequence) {
    Payload sources =
        Payload.of(
                Payload.Kind.C_SOURCES,
                SOURCES,
                new Payload.Requirements("any", List.of(), Optional.empty(), 64, 1000, 0))
            .withFiles(
                List.of(
                    new Payload.SourceFile("model.h", HEADER.size()),
                    new Payload.SourceFile("model.c", SOURCES.size() - HEADER.size())))
            .withEntry("model");
    Payload code =
        Payload.of(
                Payload.Kind.NATIVE,
                NATIVE,
                new Payload.Requirements(
                    "armv7e-m", List.of("dsp", "fpu-sp"), Optional.of("aapcs"), 256, 6000, 1002))
            .withMemory(new Payload.MemoryPlan(64, 4, List.of(0), List.of(60), 40, 12))
            .withMeasured(
                new Payload.Measured(
                    "mps2-an386, gcc 12.2",
                    Optional.of(1234L),
                    Optional.of(4000L),
                    Optional.of(96L),
                    Optional.of(12L)));
    return new Manifest(
        sequence,
        new Manifest.Identity(
            Bytes.hex("00112233445566778899aabbccddeeff"),
            Bytes.hex("ffeeddccbbaa99887766554433221100"),
            "yes-no",
            "1.2.0",
            Optional.of("Hears yes and no.")),
        new Manifest.Provenance(
            Bytes.utf8("model").sha256(),
            "tflite",
            "mote",
            "0.1.0",
            Map.of("optimize", "balanced", "target", "cortex-m4")),
        List.of(sources, code),
        List.of(
            new Signal(
                "sound",
                List.of(1, 49),
                Signal.Type.INT8,
                Optional.of(0.5f),
                Optional.of(-3),
                Optional.of("energy of a frame"),
                List.of())),
        List.of(
            new Signal(
                "scores",
                List.of(1, 3),
                Signal.Type.INT8,
                Optional.of(1 / 256f),
                Optional.of(-128),
                Optional.empty(),
                List.of("yes", "no", "else"))),
        List.of(
            PipelineStep.of(StandardStep.FRAME, 0, 480, 320),
            PipelineStep.of(StandardStep.WINDOW, 0, "hann"),
            PipelineStep.of(StandardStep.LOG, 0, 0.1)),
        List.of(PipelineStep.of(StandardStep.ARGMAX, 0)),
        List.of(
            new Golden(
                List.of(new Golden.Input.Linear(37, 11)),
                List.of(new Golden.Output.Exact(Bytes.hex("7f8081")))),
            new Golden(
                List.of(new Golden.Input.Literal(random(49, 2))),
                List.of(new Golden.Output.Hash(Bytes.hex("80807f").sha256())))),
        Optional.of("Apache-2.0"),
        Map.of(-300L, Cbor.array(Cbor.of("an extension"), Cbor.of(1))));
  }

  static ModuleFile unsigned() {
    return ModuleFile.of(manifest(7), List.of(SOURCES, NATIVE));
  }

  static ModuleFile signed() {
    return unsigned().signed(List.of(RFC_8032));
  }

  static TrustList trust() {
    return TrustList.of(List.of(RFC_8032.verification()));
  }
}
