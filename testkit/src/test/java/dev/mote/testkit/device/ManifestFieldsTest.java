package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.module.ModuleWriter;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cose.Sign1;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.testkit.fuzz.BothSides;
import dev.mote.testkit.fuzz.ModuleSeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// Every field of a manifest that has all of them, made wrong: by itself with a digest and a
/// signature that fit, so that nothing but the check of the field can refuse it; and as it is, so
/// that the signature must. The library, the runtime in C and the decoder in Python agree about the
/// code.
@TestInstance(Lifecycle.PER_CLASS)
class ManifestFieldsTest {

  private static final CborReader.Limits LIMITS = new CborReader.Limits(30, 100_000);
  private static final Path ROOT = Path.of(System.getProperty("mote.root", ".."));

  /// Codes for the form of a field, and of those that the small runtime uses the ones that it
  /// refuses: versions, sequence number, digest, size, identity, kind, blocks, memory.
  private static final List<String> FORM = List.of("6005", "6006", "6008");

  private static final Pattern USED =
      Pattern.compile(
          "(/1|/3/4/3/(3/1|14)|/-256/1|/-256/2/[12]|/-256/4/0/([134]|7/2)) = .*", Pattern.DOTALL);

  private final ModuleSeeds seeds = new ModuleSeeds(SignatureAlgorithm.ES256);
  private final Cbor.Mapping envelope = envelope();
  private final Cbor manifest = parse(bytes(envelope, 3));
  private BothSides device;
  private Path folder;

  @BeforeAll
  void build(@TempDir Path folder) throws IOException {
    RuntimeProgram.assumeMbedTls();
    this.folder = folder;
    device = new BothSides(folder, "gcc", seeds.key(), seeds.predecessor());
  }

  /// A file, and the code by which it must be refused.
  private record Refusal(String what, Bytes file, String code) {}

  @Test
  void theUntouchedManifestIsAccepted() throws IOException, InterruptedException {
    requireCodes(List.of(new Refusal("all", signed(manifest), "0")), true);
  }

  @Test
  void aValueThatIsWrongForItsFieldIsRefused() throws IOException, InterruptedException {
    List<Refusal> refusals = new ArrayList<>();
    for (ManifestLeaves.Leaf leaf : ManifestLeaves.of(manifest)) {
      for (WrongValues.Wrong wrong : WrongValues.of(leaf)) {
        refusals.add(
            new Refusal(
                leaf.path() + " = " + wrong.value(),
                signed(leaf.replaced(wrong.value())),
                wrong.code()));
      }
    }
    requireCodes(refusals, true);
  }

  @Test
  void aValueOfAnotherTypeIsRefused() throws IOException, InterruptedException {
    List<Refusal> refusals = new ArrayList<>();
    for (ManifestLeaves.Leaf leaf : ManifestLeaves.of(manifest)) {
      boolean described = leaf.path().startsWith("/-256/");
      String code = leaf.path().startsWith("/-256/-300") ? "0" : described ? "6005" : "6008";
      refusals.add(new Refusal(leaf.path(), signed(leaf.replaced(Cbor.NULL)), code));
    }
    requireCodes(refusals, false);
  }

  @Test
  void aKeyThatIsNotKnownIsRefused() throws IOException, InterruptedException {
    List<Refusal> refusals = new ArrayList<>();
    for (ManifestLeaves.Leaf map : ManifestLeaves.maps(manifest)) {
      Map<Cbor, Cbor> entries = new LinkedHashMap<>(((Cbor.Mapping) map.value()).entries());
      entries.put(Cbor.of(99), Cbor.of(0));
      refusals.add(
          new Refusal(map.path(), signed(map.replaced(new Cbor.Mapping(entries))), "6006"));
    }
    assertThat(refusals).hasSizeGreaterThan(30);
    requireCodes(refusals, true);
  }

  @Test
  void anyOtherValueIsCaughtByTheSignature() throws IOException, InterruptedException {
    List<Refusal> digests = new ArrayList<>();
    List<Refusal> signatures = new ArrayList<>();
    Sign1 before = signature(digest(CborWriter.write(manifest)));
    for (ManifestLeaves.Leaf leaf : ManifestLeaves.of(manifest)) {
      Bytes changed = CborWriter.write(leaf.replaced(WrongValues.other(leaf.value())));
      digests.add(new Refusal(leaf.path(), file(changed, bytes(envelope, 2)), "6009"));
      Bytes authentication = authentication(digest(changed), before);
      signatures.add(new Refusal(leaf.path(), file(changed, authentication), "6011"));
    }
    requireCodes(digests, true);
    requireCodes(signatures, false);
  }

  @Test
  void theSmallRuntimeChecksWhatItUsesAndIsSafeWithTheRest() throws IOException {
    Path apart = Files.createDirectory(folder.resolve("small"));
    BothSides small =
        new BothSides(apart, "gcc", BothSides.SMALL, seeds.key(), seeds.predecessor());
    List<Refusal> refusals = new ArrayList<>();
    refusals.add(new Refusal("all", signed(manifest), "0"));
    List<Cbor> others = WrongValues.ofOtherTypes();
    int turn = 0;
    for (ManifestLeaves.Leaf leaf : ManifestLeaves.of(manifest)) {
      List<WrongValues.Wrong> values = WrongValues.of(leaf);
      // All that is wrong for what is used, and of the rest one value in turn.
      for (WrongValues.Wrong wrong : values) {
        String what = leaf.path() + " = " + wrong.value();
        if (USED.matcher(what).matches() || wrong == values.get(turn % values.size())) {
          refusals.add(new Refusal(what, signed(leaf.replaced(wrong.value())), wrong.code()));
        }
      }
      Cbor other = others.get(turn++ % others.size());
      refusals.add(new Refusal(leaf.path() + " = " + other, signed(leaf.replaced(other)), "?"));
    }
    for (ManifestLeaves.Leaf map : ManifestLeaves.maps(manifest)) {
      refusals.add(new Refusal(map.path(), signed(map.replaced(Cbor.NULL)), "?"));
    }
    List<String> codes = small.inC(refusals.stream().map(Refusal::file).toList());
    assertThat(codes.getFirst()).isEqualTo("0");
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < codes.size(); i++) {
      Refusal refusal = refusals.get(i);
      boolean other = refusal.code().equals("?");
      boolean used = !other && USED.matcher(refusal.what()).matches();
      // What the strict runtime accepts, or refuses for another reason than the form of a field,
      // has the same code here.
      boolean same = !other && !FORM.contains(refusal.code());
      if (used && codes.get(i).equals("0") || same && !codes.get(i).equals(refusal.code())) {
        wrong.add(refusal.what() + ": " + codes.get(i) + ", not " + refusal.code());
      }
    }
    assertThat(wrong).isEmpty();
  }

  private void requireCodes(List<Refusal> refusals, boolean inPython)
      throws IOException, InterruptedException {
    List<Bytes> files = refusals.stream().map(Refusal::file).toList();
    List<String> inC = device.inC(files);
    List<String> decoded = inPython ? decoded() : inC;
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      Refusal refusal = refusals.get(i);
      String inJava = device.inJava(refusal.file());
      // The decoder is no device: it has nothing that a payload could lack.
      String inPythonToo =
          decoded.get(i).equals("0") && inJava.equals("6014") ? inJava : decoded.get(i);
      if (!List.of(inJava, inC.get(i), inPythonToo).stream().allMatch(refusal.code()::equals)) {
        differences.add(
            "%s: %s in Java, %s in C, %s in Python, not %s"
                .formatted(refusal.what(), inJava, inC.get(i), decoded.get(i), refusal.code()));
      }
    }
    assertThat(differences).isEmpty();
  }

  /// What the decoder says of the files that the device was given last.
  private List<String> decoded() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/python3")), "there is no python3");
    Path key = folder.resolve("key.pem");
    String body =
        Base64.getEncoder().encodeToString(seeds.key().verification().encoded().toByteArray());
    Files.writeString(key, "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n");
    Path script = folder.resolve("codes.py");
    try (var source =
        Objects.requireNonNull(ManifestFieldsTest.class.getResourceAsStream("codes.py"))) {
      Files.write(script, source.readAllBytes());
    }
    return RuntimeProgram.run(
            List.of(
                "python3",
                script.toString(),
                ROOT.resolve("examples/module-decoder").toString(),
                key.toString(),
                folder.resolve("list").toString()))
        .lines()
        .toList();
  }

  private Cbor.Mapping envelope() {
    Bytes file = ModuleWriter.write(FullModule.make().signed(List.of(seeds.key())));
    return (Cbor.Mapping) ((Cbor.Tag) parse(file)).item();
  }

  /// The file with this manifest, signed.
  private Bytes signed(Cbor changed) {
    Bytes encoded = CborWriter.write(changed);
    Bytes digest = digest(encoded);
    return file(encoded, authentication(digest, signature(digest)));
  }

  private Bytes file(Bytes changed, Bytes authentication) {
    Map<Cbor, Cbor> entries = new LinkedHashMap<>(envelope.entries());
    entries.put(Cbor.of(2), Cbor.of(authentication));
    entries.put(Cbor.of(3), Cbor.of(changed));
    return CborWriter.write(new Cbor.Tag(107, new Cbor.Mapping(entries)));
  }

  private static Bytes authentication(Bytes digest, Sign1 signature) {
    return CborWriter.write(Cbor.array(Cbor.of(digest), Cbor.wrapped(signature.toCbor())));
  }

  private Sign1 signature(Bytes digest) {
    return Sign1.sign(seeds.key(), Bytes.EMPTY, digest);
  }

  private static Bytes digest(Bytes encoded) {
    Bytes sha256 = CborWriter.write(Cbor.of(encoded)).sha256();
    return CborWriter.write(Cbor.array(Cbor.of(-16), Cbor.of(sha256)));
  }

  private static Bytes bytes(Cbor.Mapping map, int key) {
    return ((Cbor.ByteString) Objects.requireNonNull(map.entries().get(Cbor.of(key)))).value();
  }

  private static Cbor parse(Bytes bytes) {
    try {
      return CborReader.read(bytes, LIMITS);
    } catch (CborProblem e) {
      throw new IllegalStateException(e);
    }
  }
}
