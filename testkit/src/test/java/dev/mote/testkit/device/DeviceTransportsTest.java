package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payloads;
import dev.mote.module.Transport;
import dev.mote.module.TrustList;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.ContentAlgorithm;
import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Encrypted payloads and deltas, made by the Java library and taken by the runtime in C.
class DeviceTransportsTest {

  private static final int BLOCK = 512;
  private static final int MUTANTS = 1_500;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SigningKey KEY = SigningKey.generate(SignatureAlgorithm.ES256, RANDOM);
  private static final RecipientKey.Shared SMALL = new RecipientKey.Shared(random(16));
  private static final RecipientKey.Shared LARGE = new RecipientKey.Shared(random(32));
  private static final RecipientKey.Private P256 = own(Curve.P256);
  private static final RecipientKey.Private X25519 = own(Curve.X25519);
  private static final List<RecipientKey> OWN = List.of(SMALL, LARGE, P256, X25519);

  private static final Bytes FIRST = contents(1);

  /// As a model that was trained on: something of each operation of a delta.
  private static final Bytes SECOND = edited(FIRST, 2);

  private static final Bytes THIRD = edited(SECOND, 3);

  @Test
  void payloadsTravelEncryptedAndAsDeltasAndAreResumed(@TempDir Path folder)
      throws IOException, InterruptedException {
    ModuleFile second = module(2, SECOND);
    ModuleFile delta = Payloads.difference(second, 0, FIRST);
    RecipientKey stranger = new RecipientKey.Shared(random(16));
    List<String> arguments = new ArrayList<>(List.of("transports"));
    arguments.add(RuntimeProgram.keyFile(KEY, folder));
    arguments.add(recipients(OWN, folder));
    arguments.add(file(folder, "first", module(1, FIRST)));
    arguments.add(file(folder, "plain", second));
    arguments.add(
        file(folder, "small", sealed(second, ContentAlgorithm.A128GCM, List.of(stranger, SMALL))));
    arguments.add(
        file(folder, "x25519", sealed(second, ContentAlgorithm.A256GCM, List.of(X25519))));
    arguments.add(file(folder, "delta", delta));
    arguments.add(
        file(folder, "sealed", sealed(delta, ContentAlgorithm.A128GCM, List.of(stranger, P256))));
    arguments.add(file(folder, "large", sealed(delta, ContentAlgorithm.A256GCM, List.of(LARGE))));
    String said = RuntimeProgram.build("gcc").call(arguments.toArray(String[]::new));
    assertThat(said.lines()).hasSize(6);
  }

  @Test
  void aPowerCutAtAnyOperationOfADeltaOrADecryptionDoesNoHarm(@TempDir Path folder)
      throws IOException, InterruptedException {
    ModuleFile second = module(2, SECOND);
    ModuleFile third = module(3, THIRD);
    ModuleFile delta = Payloads.difference(third, 0, SECOND);
    String said =
        RuntimeProgram.build("gcc")
            .call(
                "cuts",
                RuntimeProgram.keyFile(KEY, folder),
                recipients(OWN, folder),
                file(folder, "first", module(1, FIRST)),
                file(folder, "second", sealed(second, ContentAlgorithm.A128GCM, List.of(SMALL))),
                file(folder, "third", sealed(delta, ContentAlgorithm.A256GCM, List.of(LARGE))),
                file(folder, "plain-1", module(1, FIRST)),
                file(folder, "plain-2", second),
                file(folder, "plain-3", third));
    assertThat(said).contains("downloads resumed");
  }

  /// Names start with the code that is expected.
  @Test
  void whatIsWrongIsRefusedWithTheCodeOfTheSpecification(@TempDir Path folder)
      throws IOException, InterruptedException {
    ModuleFile second = module(2, SECOND);
    ModuleFile delta = Payloads.difference(second, 0, FIRST);
    RecipientKey.Shared other = new RecipientKey.Shared(random(16));
    List<String> arguments = new ArrayList<>(List.of("refusals"));
    arguments.add(RuntimeProgram.keyFile(KEY, folder));
    arguments.add(recipients(OWN, folder));
    arguments.add(file(folder, "first", module(1, FIRST)));
    arguments.add(
        file(folder, "6023-nobody", sealed(second, ContentAlgorithm.A128GCM, List.of(other))));
    arguments.add(
        file(
            folder,
            "6023-other-curve-key",
            sealed(second, ContentAlgorithm.A256GCM, List.of(own(Curve.P256), own(Curve.X25519)))));
    arguments.add(
        file(folder, "6023-delta", sealed(delta, ContentAlgorithm.A128GCM, List.of(other))));
    arguments.add(file(folder, "6024-base", Payloads.difference(second, 0, THIRD)));
    ModuleFile sealed = sealed(second, ContentAlgorithm.A128GCM, List.of(SMALL));
    arguments.add(file(folder, "6021-ciphertext", flipped(sealed, 3000)));
    arguments.add(file(folder, "6020-no-tag", shortened(sealed, Payloads.open(second, 0).size())));
    arguments.add(file(folder, "6025-cut-off", shortened(delta, carried(delta).size() - 1)));
    for (Broken broken : BROKEN) {
      arguments.add(file(folder, broken.name(), withDelta(second, broken.contents())));
    }
    RuntimeProgram.build("clang-19").call(arguments.toArray(String[]::new));
  }

  /// A delta of which something is wrong; the block has 512 bytes, and the base 5,000.
  private record Broken(String name, Bytes contents) {}

  private static final List<Broken> BROKEN =
      List.of(
          new Broken("6025-no-operation", Bytes.hex("0100")),
          new Broken("6025-operation-6", Bytes.hex("0106")),
          new Broken("6025-bits-that-copy-does-not-use", Bytes.hex("0109")),
          new Broken("6025-rice-of-8", Bytes.hex("0143")),
          new Broken("6025-empty-segment", Bytes.hex("0001")),
          new Broken("6025-copy-of-nothing", Bytes.hex("03010000")),
          new Broken("6025-copy-of-more-than-the-block", Bytes.hex("0401008104")),
          new Broken("6025-copy-before-the-base", Bytes.hex("03010101")),
          new Broken("6025-copy-behind-the-base", Bytes.hex("0601904e0100")),
          new Broken("6025-copy-over-the-end-of-the-base", Bytes.hex("05018e4e0202")),
          new Broken("6025-segment-ends-too-early", Bytes.hex("02020401")),
          new Broken("6025-segment-goes-on", Bytes.hex("050100800401")),
          new Broken("6025-add-with-bits-behind", Bytes.hex("0403000101")),
          new Broken("6025-sparse-run-too-long", Bytes.hex("0404000203")),
          new Broken("6025-repeats-what-is-not-made", Bytes.hex("03050101")),
          new Broken("6025-repeats-at-0", Bytes.hex("0602010005000100")),
          new Broken("6025-number-of-6-bytes", Bytes.hex("0602ffffffffff")),
          new Broken("6025-number-too-long", Bytes.hex("0402810000")),
          new Broken("6021-another-block", Bytes.hex("050180088004")));

  /// Segments are not signed: whoever changes them must end at the hash of a block, or before.
  @Test
  void changedDeltasGetTheVerdictOfTheLibrary(@TempDir Path folder)
      throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(11);
    ModuleFile delta = Payloads.difference(module(2, SECOND), 0, FIRST);
    TrustList trust = TrustList.of(List.of(KEY.verification()));
    List<Bytes> files = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < MUTANTS; i++) {
      Bytes changed = mutant(carried(delta).toByteArray(), random);
      Bytes file = ModuleWriter.write(travelling(delta, delta.transport(0), changed));
      files.add(file);
      expected.add(DeviceRuntimeTest.received(file, trust, FIRST));
    }
    Path list = Files.write(folder.resolve("list"), DeviceRuntimeTest.listed(files));
    List<String> verdicts =
        RuntimeProgram.build("clang-19")
            .call(
                "verdicts",
                RuntimeProgram.keyFile(KEY, folder),
                recipients(OWN, folder),
                file(folder, "first", module(1, FIRST)),
                list.toString())
            .lines()
            .toList();
    assertThat(verdicts).isEqualTo(expected).contains("0", "6021", "6025");
  }

  /// A byte changed, left out or put in, of which most are heads of operations and lengths.
  private static Bytes mutant(byte[] delta, SplittableRandom random) {
    int at = random.nextInt(delta.length);
    switch (random.nextInt(5)) {
      case 0 -> delta[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> delta[at] = (byte) random.nextInt(6);
      case 2 -> delta[at] |= (byte) 0x80;
      case 3 -> {
        return Bytes.of(delta, 0, at)
            .then(Bytes.of(delta, Math.min(at + 1, delta.length), delta.length));
      }
      default -> {
        return Bytes.of(delta, 0, at)
            .then(Bytes.of(new byte[] {(byte) random.nextInt()}))
            .then(Bytes.of(delta, at, delta.length));
      }
    }
    return Bytes.of(delta);
  }

  private static ModuleFile withDelta(ModuleFile module, Bytes delta) {
    return travelling(
        module, new Transport(0, Optional.of(FIRST.sha256()), Optional.empty()), delta);
  }

  private static ModuleFile travelling(ModuleFile module, Transport transport, Bytes bytes) {
    return new ModuleFile(
        module.encodedManifest(),
        module.manifest(),
        module.signatures(),
        new TreeMap<>(Map.of(0, transport)),
        new TreeMap<>(Map.of(0, bytes)));
  }

  private static ModuleFile flipped(ModuleFile module, int at) {
    byte[] bytes = carried(module).toByteArray();
    bytes[at] ^= 4;
    return travelling(module, module.transport(0), Bytes.of(bytes));
  }

  private static ModuleFile shortened(ModuleFile module, int size) {
    return travelling(module, module.transport(0), carried(module).slice(0, size));
  }

  private static Bytes carried(ModuleFile module) {
    return Objects.requireNonNull(module.carried().get(0), "the payload is carried");
  }

  private static ModuleFile sealed(
      ModuleFile module, ContentAlgorithm algorithm, List<RecipientKey> keys) {
    return Payloads.encrypt(module, algorithm, keys, RANDOM);
  }

  private static ModuleFile module(long sequence, Bytes code) {
    return DeviceModules.of(sequence, code, BLOCK, DeviceModules.Wrong.NOTHING, 300)
        .signed(List.of(KEY));
  }

  private static String file(Path folder, String name, ModuleFile module) throws IOException {
    return Files.write(folder.resolve(name), ModuleWriter.write(module).toByteArray()).toString();
  }

  /// Writes keys as the test program reads them.
  private static String recipients(List<RecipientKey> keys, Path folder) throws IOException {
    return RuntimeProgram.recipientsFile(keys, folder);
  }

  private static RecipientKey.Private own(Curve curve) {
    KeyPair pair = curve.generate(RANDOM);
    return new RecipientKey.Private(
        new RecipientKey.Public(curve, Bytes.of(pair.getPublic().getEncoded()), pair.getPublic()),
        pair.getPrivate());
  }

  private static Bytes random(int size) {
    byte[] bytes = new byte[size];
    RANDOM.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private static Bytes contents(long seed) {
    byte[] bytes = new byte[5000];
    new Random(seed).nextBytes(bytes);
    bytes[0] = 0x38;
    return Bytes.of(bytes);
  }

  private static Bytes edited(Bytes base, long seed) {
    Random random = new Random(seed);
    byte[] bytes = base.toByteArray();
    for (int i = 1000; i < 1600; i++) {
      bytes[i] += (byte) Math.round(random.nextGaussian() * 2);
    }
    for (int i = 1700; i < 2600; i += 1 + random.nextInt(60)) {
      bytes[i] += (byte) (1 + random.nextInt(100));
    }
    Arrays.fill(bytes, 2700, 3300, (byte) 9);
    for (int i = 3400; i < 4400; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    for (int i = 4400; i < 5000; i++) {
      bytes[i] = bytes[i - 700];
    }
    return Bytes.of(bytes);
  }
}
