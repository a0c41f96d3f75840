package dev.mote.testkit.fuzz;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;
import dev.mote.module.cose.Sign1;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/// Makes hostile modules: bytes changed anywhere, items of the CBOR exchanged anywhere, and items
/// of the manifest exchanged and signed again, so that what lies behind the signature is reached
/// too.
public final class ModuleMutants {

  private static final CborReader.Limits LIMITS = new CborReader.Limits(30, 100_000);
  private static final int[] HEADS = {
    0x00, 0x17, 0x18, 0x1b, 0x1f, 0x20, 0x3b, 0x40, 0x5b, 0x5f, 0x60, 0x7b, 0x80, 0x9b, 0x9f, 0xa0,
    0xbb, 0xbf, 0xc0, 0xd8, 0xf4, 0xf6, 0xf7, 0xf9, 0xfa, 0xfb, 0xff
  };
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    23,
    24,
    255,
    256,
    -256,
    -257,
    65536,
    1L << 31,
    -(1L << 31),
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final ModuleSeeds seeds;
  private final List<Bytes> files;

  /// Mutants of these modules.
  public ModuleMutants(ModuleSeeds seeds) {
    this.seeds = seeds;
    this.files = seeds.files();
  }

  /// The untouched modules.
  public List<Bytes> originals() {
    return files;
  }

  /// Mutant `number`; always the same.
  public Bytes mutant(long number) {
    SplittableRandom random = new SplittableRandom(number);
    Bytes file = files.get(random.nextInt(files.size()));
    return switch (random.nextInt(3)) {
      case 0 -> bytes(file, random);
      case 1 -> CborWriter.write(changed(parse(file), random));
      default -> signedAgain(file, random);
    };
  }

  private static Bytes bytes(Bytes file, SplittableRandom random) {
    byte[] bytes = file.toByteArray();
    int head = Math.min(bytes.length, 1200);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(random.nextInt(4) == 0 ? bytes.length : head);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = (byte) HEADS[random.nextInt(HEADS.length)];
        case 3 -> bytes = Bytes.of(bytes, 0, 1 + at).toByteArray();
        default ->
            bytes =
                Bytes.of(bytes, 0, at)
                    .then(
                        Bytes.of(
                            bytes,
                            Math.min(bytes.length - 1, at + random.nextInt(9)),
                            bytes.length))
                    .toByteArray();
      }
      head = Math.min(bytes.length, head);
    }
    return Bytes.of(bytes);
  }

  private static Cbor parse(Bytes file) {
    try {
      return CborReader.read(file, LIMITS);
    } catch (CborProblem e) {
      throw new IllegalStateException("a seed is CBOR", e);
    }
  }

  /// The file with one to three items of its manifest exchanged, a fitting digest and signature.
  private Bytes signedAgain(Bytes file, SplittableRandom random) {
    Map<Cbor, Cbor> envelope =
        new LinkedHashMap<>(((Cbor.Mapping) ((Cbor.Tag) parse(file)).item()).entries());
    Cbor held = Objects.requireNonNull(envelope.get(Cbor.of(3)), "an envelope has a manifest");
    Cbor manifest = parse(((Cbor.ByteString) held).value());
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      manifest = changed(manifest, random);
    }
    Bytes encoded = CborWriter.write(manifest);
    Bytes digest =
        CborWriter.write(
            Cbor.array(Cbor.of(-16), Cbor.of(CborWriter.write(Cbor.of(encoded)).sha256())));
    Cbor signature = Sign1.sign(seeds.key, Bytes.EMPTY, digest).toCbor();
    envelope.put(Cbor.of(2), Cbor.wrapped(Cbor.array(Cbor.of(digest), Cbor.wrapped(signature))));
    envelope.put(Cbor.of(3), Cbor.of(encoded));
    return CborWriter.write(new Cbor.Tag(107, new Cbor.Mapping(envelope)));
  }

  /// `item` with one item in it exchanged.
  private static Cbor changed(Cbor item, SplittableRandom random) {
    boolean leaf =
        !(item instanceof Cbor.Array
            || item instanceof Cbor.Mapping
            || item instanceof Cbor.Tag
            || item instanceof Cbor.ByteString);
    if (leaf || random.nextInt(12) == 0) {
      return other(item, random);
    }
    return switch (item) {
      case Cbor.Tag(long number, Cbor inner) -> new Cbor.Tag(number, changed(inner, random));
      case Cbor.ByteString(Bytes value) -> bytesChanged(value, random);
      case Cbor.Array(List<Cbor> items) -> arrayChanged(items, random);
      case Cbor.Mapping(Map<Cbor, Cbor> entries) -> mappingChanged(entries, random);
      default -> item;
    };
  }

  private static Cbor bytesChanged(Bytes value, SplittableRandom random) {
    try {
      if (value.size() > 1 && value.at(0) >= 0x80 && value.at(0) < 0xe0) {
        return Cbor.wrapped(changed(CborReader.read(value, LIMITS), random));
      }
    } catch (CborProblem e) {
      // It holds no CBOR.
    }
    if (value.isEmpty()) {
      return Cbor.of(Bytes.hex("00"));
    }
    byte[] bytes = value.toByteArray();
    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    int end = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
    return Cbor.of(Bytes.of(bytes, 0, end));
  }

  private static Cbor arrayChanged(List<Cbor> items, SplittableRandom random) {
    List<Cbor> changed = new ArrayList<>(items);
    if (changed.isEmpty()) {
      changed.add(Cbor.of(0));
    } else {
      int at = random.nextInt(changed.size());
      switch (random.nextInt(8)) {
        case 0 -> changed.remove(at);
        case 1 -> changed.add(at, changed.get(random.nextInt(changed.size())));
        default -> changed.set(at, changed(changed.get(at), random));
      }
    }
    return Cbor.array(changed);
  }

  private static Cbor mappingChanged(Map<Cbor, Cbor> entries, SplittableRandom random) {
    Map<Cbor, Cbor> changed = new LinkedHashMap<>(entries);
    List<Cbor> keys = List.copyOf(entries.keySet());
    if (keys.isEmpty()) {
      return new MapBuilder().put(random.nextInt(20), Cbor.of(0)).build();
    }
    Cbor key = keys.get(random.nextInt(keys.size()));
    Cbor value = entries.getOrDefault(key, Cbor.NULL);
    switch (random.nextInt(10)) {
      case 0 -> changed.remove(key);
      case 1 -> changed.put(Cbor.of(random.nextInt(30)), value);
      default -> changed.put(key, changed(value, random));
    }
    return new Cbor.Mapping(changed);
  }

  private static Cbor other(Cbor item, SplittableRandom random) {
    return switch (random.nextInt(9)) {
      case 0, 1 -> Cbor.of(NUMBERS[random.nextInt(NUMBERS.length)]);
      case 2 ->
          item instanceof Cbor.Int(long value) ? Cbor.of(value + random.nextInt(5) - 2) : item;
      case 3 ->
          Cbor.of(random.nextInt(2) == 0 ? "" : "a\u0000/../\u202e".repeat(random.nextInt(300)));
      case 4 -> Cbor.of(Bytes.of(new byte[random.nextInt(70)]));
      case 5 -> Cbor.array(item, item);
      case 6 -> Cbor.of(random.nextBoolean() ? 1e300 : -0.0);
      case 7 -> new MapBuilder().put(1, item).build();
      default -> Cbor.NULL;
    };
  }
}
