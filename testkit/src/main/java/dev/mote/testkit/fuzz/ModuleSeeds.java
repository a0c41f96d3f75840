package dev.mote.testkit.fuzz;

import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payload;
import dev.mote.module.Payloads;
import dev.mote.module.PipelineStep;
import dev.mote.module.Signal;
import dev.mote.module.StandardStep;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.ContentAlgorithm;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Modules from which hostile ones are made, and the keys that belong to them.
public final class ModuleSeeds {

  /// By which the encrypted ones are opened.
  public static final RecipientKey.Shared GROUP = new RecipientKey.Shared(Bytes.of(new byte[16]));

  private static final Bytes NEW = contents(1);

  /// The payload that deltas are made from.
  public static final Bytes OLD = contents(2);

  final SigningKey key;

  /// @param algorithm of the key that signs them
  public ModuleSeeds(SignatureAlgorithm algorithm) {
    key = SigningKey.generate(algorithm, fixedRandom());
  }

  /// The key that signs them.
  public SigningKey key() {
    return key;
  }

  /// A plain one, an encrypted one, a delta, and an encrypted delta.
  List<Bytes> files() {
    ModuleFile plain = module(NEW, 0).signed(List.of(key));
    ModuleFile delta = Payloads.difference(plain, 0, OLD);
    return List.of(
        ModuleWriter.write(plain),
        ModuleWriter.write(sealed(plain)),
        ModuleWriter.write(delta),
        ModuleWriter.write(sealed(delta)));
  }

  /// A module of another identity whose payload is the one that deltas are made from.
  public Bytes predecessor() {
    return ModuleWriter.write(module(OLD, 1).signed(List.of(key)));
  }

  private static ModuleFile sealed(ModuleFile module) {
    return Payloads.encrypt(module, ContentAlgorithm.A128GCM, List.of(GROUP), fixedRandom());
  }

  /// The same numbers in every run.
  private static SecureRandom fixedRandom() {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(1);
      return random;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bytes contents(int last) {
    byte[] bytes = new byte[5000];
    new Random(7).nextBytes(bytes);
    for (int i = 4700; i < bytes.length; i += last) {
      bytes[i]++;
    }
    return Bytes.of(bytes);
  }

  private static ModuleFile module(Bytes contents, int identity) {
    Payload payload =
        Payload.of(
                Payload.Kind.NATIVE,
                contents,
                new Payload.Requirements(
                    "armv7e-m", List.of("dsp", "fpu-sp"), Optional.of("aapcs"), 256, 6000, 1002))
            .withEntry("model")
            .withFiles(
                List.of(new Payload.SourceFile("a", 1000), new Payload.SourceFile("b", 4000)))
            .withMemory(new Payload.MemoryPlan(64, 4, List.of(0), List.of(56), 40, 12))
            .withMeasured(
                new Payload.Measured(
                    "a board",
                    Optional.of(1234L),
                    Optional.of(4000L),
                    Optional.empty(),
                    Optional.of(12L)));
    Signal input =
        new Signal(
            "x",
            List.of(1, 4),
            Signal.Type.INT8,
            Optional.of(0.1f),
            Optional.of(-3),
            Optional.of("what it is"),
            List.of());
    Signal output =
        new Signal(
            "y",
            List.of(2),
            Signal.Type.FLOAT32,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of("no", "yes"));
    Manifest manifest =
        new Manifest(
            7,
            new Manifest.Identity(
                Bytes.of(new byte[16]),
                Bytes.of(new byte[] {(byte) identity}).then(Bytes.of(new byte[15])),
                "seed",
                "1.0.0",
                Optional.of("It is broken in many ways.")),
            new Manifest.Provenance(
                contents.sha256(), "tflite", "mote", "0.1.0", Map.of("optimize", "size")),
            List.of(payload),
            List.of(input),
            List.of(output),
            List.of(PipelineStep.of(StandardStep.MEL, 0, 40, 20.0, 4000.0, 16000)),
            List.of(PipelineStep.of(StandardStep.ARGMAX, 0)),
            List.of(
                new Golden(
                    List.of(new Golden.Input.Linear(37, 11)),
                    List.of(new Golden.Output.Near(Bytes.hex("0000803f00000000"), 1e-5f)))),
            Optional.of("Apache-2.0"),
            Map.of());
    return ModuleFile.of(manifest, List.of(contents));
  }
}
