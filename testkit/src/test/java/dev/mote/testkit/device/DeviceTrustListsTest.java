package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.TrustList;
import dev.mote.module.TrustLists;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;
import dev.mote.module.cose.Sign1;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Trust lists and other signatures, made by the Java library and taken by the runtime in C.
class DeviceTrustListsTest {

  private static final int MUTANTS = 600;
  private static final SecureRandom RANDOM = new SecureRandom();

  /// In the firmware.
  private static final SigningKey FIRMWARE = key(SignatureAlgorithm.ES256);

  private static final SigningKey NEXT = key(SignatureAlgorithm.ES256);
  private static final SigningKey ED25519 = key(SignatureAlgorithm.ED25519);
  private static final SigningKey ML_DSA = key(SignatureAlgorithm.ML_DSA_65);
  private static final SigningKey STRANGER = key(SignatureAlgorithm.ES256);

  private static final Bytes MODULE = Bytes.of(new byte[16]);

  @TempDir private Path folder;
  private final List<String> steps = new ArrayList<>();

  @Test
  void keysAreRotatedAndRevokedAndFloorsRise() throws IOException, InterruptedException {
    TrustList first =
        new TrustList(
            1,
            List.of(both(FIRMWARE), both(NEXT)),
            List.of(),
            List.of(),
            Map.of(MODULE, 3L, Bytes.hex("01").then(Bytes.of(new byte[15])), 900L));
    TrustList second =
        new TrustList(
            2,
            List.of(new TrustList.TrustedKey(FIRMWARE.verification(), true, false), both(NEXT)),
            List.of(STRANGER.verification().id(), FIRMWARE.verification().id()),
            List.of(SignatureAlgorithm.ES256),
            Map.of());
    Bytes list = TrustLists.write(first, List.of(FIRMWARE));
    module("0", 1, FIRMWARE);
    step("start", "0", "1");
    step("confirm", "0", "-");
    list("6010", TrustLists.write(first, List.of(STRANGER)));
    list("6010", TrustLists.write(first, List.of()));
    list("6031", Bytes.hex("836178").then(list.slice(17, list.size())));
    list("6002", list.slice(0, list.size() - 1));
    list("6009", flipped(list, list.size() - 1));
    list("0", list);
    step("damage", "0", "-");
    step("start", "0", "1");
    list("6031", list);
    module("6013", 2, NEXT);
    module("6010", 4, STRANGER);
    module("0", 4, NEXT);
    step("start", "0", "4");
    step("confirm", "0", "-");
    list("0", TrustLists.write(second, List.of(NEXT)));
    step("start", "0", "4");
    module("6012", 5, FIRMWARE);
    module("6012", 5, NEXT, FIRMWARE);
    list("6012", TrustLists.write(first, List.of(FIRMWARE)));
    module("0", 5, NEXT);
    step("start", "0", "5");
    run();
  }

  @Test
  void otherAlgorithmsAndHybridsAreVerified() throws IOException, InterruptedException {
    assumeTrue(
        RuntimeProgram.otherLibraries().isPresent(),
        "Ed25519 and ML-DSA need sources that scripts/sources could not fetch");
    TrustList first =
        new TrustList(
            1,
            List.of(
                new TrustList.TrustedKey(ED25519.verification(), true, false),
                new TrustList.TrustedKey(FIRMWARE.verification(), false, true),
                both(ML_DSA)),
            List.of(),
            List.of(),
            Map.of());
    TrustList hybrid =
        new TrustList(
            2,
            List.of(both(ML_DSA), both(ED25519), both(FIRMWARE)),
            List.of(),
            List.of(SignatureAlgorithm.ML_DSA_65, SignatureAlgorithm.ED25519),
            Map.of());
    list("0", TrustLists.write(first, List.of(FIRMWARE)));
    module("6010", 1, FIRMWARE);
    module("0", 1, ED25519);
    step("start", "0", "1");
    step("confirm", "0", "-");
    list("6010", TrustLists.write(hybrid, List.of(ED25519)));
    list("0", TrustLists.write(hybrid, List.of(ML_DSA)));
    module("6010", 2, ED25519);
    module("6010", 2, ML_DSA);
    module("6010", 2, ML_DSA, FIRMWARE);
    for (int number = 0; number < 2; number++) {
      ModuleFile signed = signed(2, ML_DSA, ED25519);
      Bytes signature = signed.signatures().get(number).signature();
      module("6011", changed(ModuleWriter.write(signed), signature));
    }
    module("0", 2, ML_DSA, ED25519);
    step("start", "0", "2");
    run();
  }

  /// What the library accepts, the device does, and nothing else.
  @Test
  void hostileListsAreRefusedAsTheLibraryRefusesThem() throws IOException, InterruptedException {
    TrustList current = TrustList.of(List.of(FIRMWARE.verification()));
    List<Bytes> files = lists();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<String> expected = new ArrayList<>();
    for (Bytes file : files) {
      ByteBuffer size = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      all.writeBytes(size.putInt(file.size()).array());
      all.writeBytes(file.toByteArray());
      expected.add(accepted(current, file) ? "accepted" : "refused");
    }
    Path list = Files.write(folder.resolve("lists"), all.toByteArray());
    List<String> verdicts =
        RuntimeProgram.build("clang-19")
            .call("list-verdicts", RuntimeProgram.keyFile(FIRMWARE, folder), list.toString())
            .lines()
            .map(code -> code.equals("0") ? "accepted" : "refused")
            .toList();
    assertThat(verdicts).isEqualTo(expected).startsWith("accepted").contains("refused");
  }

  private static boolean accepted(TrustList current, Bytes file) {
    try {
      TrustLists.accept(current, file);
      return true;
    } catch (ModuleException e) {
      return false;
    }
  }

  /// A good list, lists that are signed although they are wrong, and mutants.
  private static List<Bytes> lists() {
    SplittableRandom random = new SplittableRandom(5);
    Cbor key = Cbor.array(Cbor.of(-7), Cbor.of(FIRMWARE.verification().encoded()), Cbor.of(3));
    Cbor other = Cbor.array(Cbor.of(-8), Cbor.of(ED25519.verification().encoded()), Cbor.of(1));
    Cbor floor = Cbor.array(Cbor.of(MODULE), Cbor.of(7));
    Cbor id = Cbor.of(STRANGER.verification().id());
    Cbor good = list(1, 1, Cbor.array(key, other), Cbor.array(id), Cbor.array(Cbor.of(-7)), floor);
    Cbor none = Cbor.array(List.of());
    List<Bytes> files = new ArrayList<>();
    for (Cbor list :
        List.of(
            good,
            list(1, Long.MAX_VALUE, Cbor.array(key), id(1), Cbor.array(Cbor.of(-49)), floor),
            list(2, 1, Cbor.array(key), id(1), Cbor.array(Cbor.of(-7)), floor),
            list(1, 0, Cbor.array(key), id(1), Cbor.array(Cbor.of(-7)), floor),
            list(1, -1, Cbor.array(key), id(1), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, Cbor.array(key, key), id(1), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, none, id(1), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, Cbor.array(key), none, Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, Cbor.array(key), id(0), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, Cbor.array(key), id(33), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, Cbor.array(key), id(32), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, Cbor.array(key), Cbor.array(id, id), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, Cbor.array(key), id(1), Cbor.array(Cbor.of(-7), Cbor.of(-7)), floor),
            list(1, 1, Cbor.array(key), id(1), Cbor.array(Cbor.of(-6)), floor),
            list(1, 1, Cbor.array(key), id(1), none, floor),
            list(1, 1, Cbor.array(key), id(1), id(1), floor),
            list(1, 1, Cbor.array(key), id(1), Cbor.array(Cbor.of(-7)), floor, floor),
            list(
                1,
                1,
                Cbor.array(key),
                id(1),
                Cbor.array(Cbor.of(-7)),
                Cbor.array(Cbor.of(MODULE), Cbor.of(0))),
            list(
                1,
                1,
                Cbor.array(key),
                id(1),
                Cbor.array(Cbor.of(-7)),
                Cbor.array(Cbor.of(MODULE.slice(1, 16)), Cbor.of(1))),
            list(1, 1, keyWith(-8, 3), id(1), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, keyWith(-7, 0), id(1), Cbor.array(Cbor.of(-7)), floor),
            list(1, 1, keyWith(-7, 4), id(1), Cbor.array(Cbor.of(-7)), floor))) {
      files.add(signed(CborWriter.write(list)));
    }
    Bytes body = CborWriter.write(good);
    for (int i = 0; i < MUTANTS; i++) {
      boolean again = i % 2 == 0;
      byte[] bytes = (again ? body : files.getFirst()).toByteArray();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        int at = random.nextInt(bytes.length);
        /* A point that is off its curve is no business of a list on a device: see its README. */
        bytes[again ? Math.min(at, 12) : at] ^= (byte) (1 << random.nextInt(8));
      }
      Bytes mutant = Bytes.of(bytes, 0, random.nextInt(9) == 0 ? bytes.length / 2 : bytes.length);
      files.add(again ? signed(mutant) : mutant);
    }
    return files;
  }

  private static Cbor keyWith(int algorithm, int use) {
    return Cbor.array(
        Cbor.array(Cbor.of(algorithm), Cbor.of(FIRMWARE.verification().encoded()), Cbor.of(use)));
  }

  private static Cbor id(int size) {
    return Cbor.array(Cbor.of(Bytes.of(new byte[size])));
  }

  private static Cbor list(
      int version, long sequence, Cbor keys, Cbor revoked, Cbor required, Cbor... floors) {
    return new MapBuilder()
        .put(1, Cbor.of(version))
        .put(2, Cbor.of(sequence))
        .put(3, keys)
        .put(4, revoked)
        .put(5, required)
        .put(6, Cbor.array(Arrays.asList(floors)))
        .build();
  }

  /// A file of a list that may be wrong, signed all the same.
  private static Bytes signed(Bytes body) {
    Bytes digest =
        CborWriter.write(
            Cbor.array(Cbor.of(-16), Cbor.of(CborWriter.write(Cbor.of(body)).sha256())));
    Cbor signature = Sign1.sign(FIRMWARE, Bytes.utf8("mote-trust-list"), digest).toCbor();
    return CborWriter.write(
        Cbor.array(
            Cbor.of("mote-trust-list"),
            Cbor.wrapped(Cbor.array(Cbor.of(digest), Cbor.wrapped(signature))),
            Cbor.of(body)));
  }

  private void run() throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("trust", RuntimeProgram.keyFile(FIRMWARE, folder)));
    arguments.addAll(steps);
    RuntimeProgram.build("gcc").call(arguments.toArray(String[]::new));
  }

  private void step(String what, String code, String with) {
    steps.addAll(List.of(what, code, with));
  }

  private void list(String code, Bytes file) throws IOException {
    step("list", code, file("list", file));
  }

  private void module(String code, long sequence, SigningKey... keys) throws IOException {
    module(code, ModuleWriter.write(signed(sequence, keys)));
  }

  private void module(String code, Bytes file) throws IOException {
    step("module", code, file("module", file));
  }

  private String file(String kind, Bytes contents) throws IOException {
    Path file = folder.resolve(kind + "-" + steps.size() / 3);
    return Files.write(file, contents.toByteArray()).toString();
  }

  private static ModuleFile signed(long sequence, SigningKey... keys) {
    byte[] code = new byte[900];
    new Random(sequence).nextBytes(code);
    code[0] = 0x38;
    return DeviceModules.of(sequence, Bytes.of(code), 512, DeviceModules.Wrong.NOTHING, 1)
        .signed(List.of(keys));
  }

  private static Bytes flipped(Bytes bytes, int at) {
    byte[] changed = bytes.toByteArray();
    changed[at] ^= 1;
    return Bytes.of(changed);
  }

  /// A file with one bit changed of a signature that stands in it.
  private static Bytes changed(Bytes file, Bytes signature) {
    int at = file.toHex().indexOf(signature.toHex()) / 2;
    return flipped(file, at + signature.size() / 2);
  }

  private static TrustList.TrustedKey both(SigningKey key) {
    return new TrustList.TrustedKey(key.verification(), true, true);
  }

  private static SigningKey key(SignatureAlgorithm algorithm) {
    return SigningKey.generate(algorithm, RANDOM);
  }
}
