package dev.mote.testkit.device;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What is wrong for each field of [FullModule]'s manifest, though it is of the right type.
final class WrongValues {

  private static final String LONG = "x".repeat(64);
  private static final long MOST_MEMORY = 1L << 40;

  private WrongValues() {}

  /// A value, and the code by which it is refused.
  record Wrong(Cbor value, String code) {}

  private record Row(Pattern path, String code, List<Cbor> values) {}

  private static final List<Row> ROWS =
      List.of(
          row("/1", "6007", ints(0, 2)),
          row("/2", "6008", ints(-1)),
          row("/3/2/0/[01]", "6008", data(0, 2, 5)),
          row("/3/4/[012]", "6008", ints(7, -1)),
          row("/3/4/3/3/0", "6008", ints(-15)),
          row("/3/4/3/3/1", "6008", data(31, 33)),
          row("/3/4/3/3/1", "6021", data(32)),
          row("/3/4/3/14", "6008", ints(0, (1 << 26) + 1)),
          row("/3/4/3/14", "6005", ints(4999, 5001)),
          row("/7/\\d", "6008", ints(7)),
          row("/20/\\d", "6008", ints(7)),
          row("/20/3/21", "6008", texts("#1", "#")),
          row("/-256/1", "6007", ints(0, 2)),
          row("/-256/2/[12]", "6005", data(15, 17)),
          row("/-256/2/3", "6005", texts("", ".a", "-a", "a b", "ä", "x" + LONG)),
          row("/-256/2/4", "6005", texts("", "-1", ".1", "1_0", "1 0", "1" + LONG)),
          row("/-256/2/5", "6005", texts("", "a\nb", "\u007f", "\u0085", "ä".repeat(1025))),
          row("/-256/3/1", "6005", data(31, 33)),
          row("/-256/3/[23]", "6005", notNames()),
          row("/-256/3/(4|5/option)", "6005", notTexts()),
          row("/-256/4/0/1", "6005", ints(0, 6)),
          row("/-256/4/0/1", "6014", ints(2, 4, 5)),
          row("/-256/4/0/2/([13]|2/\\d)", "6005", notNames()),
          row("/-256/4/0/2/([13]|2/1)", "6014", texts("other")),
          row("/-256/4/0/2/2/0", "6005", texts("fpu-sp", "mve")),
          row("/-256/4/0/2/[45]", "6005", ints(-1, MOST_MEMORY + 1)),
          row("/-256/4/0/2/[45]", "6014", ints(MOST_MEMORY)),
          row("/-256/4/0/2/6", "6005", ints(0, (1 << 24) + 1)),
          row("/-256/4/0/2/6", "6014", ints(1003)),
          row("/-256/4/0/3", "6005", ints(128, 3000, 4096, 1 << 21)),
          row("/-256/4/0/4", "6005", data(0, 32, 95, 97, 128)),
          row("/-256/4/0/4", "6021", data(96)),
          row("/-256/4/0/5/\\d/0", "6005", notNames()),
          row("/-256/4/0/5/0/0", "6005", texts("b")),
          row("/-256/4/0/5/\\d/1", "6005", ints(0, 999, 4001, (1 << 26) + 1)),
          row("/-256/4/0/6", "6005", notNames()),
          row("/-256/4/0/7/1", "6005", ints(-1, 51, (1L << 31) + 1)),
          row("/-256/4/0/7/2", "6005", ints(0, 3, 8192)),
          row("/-256/4/0/7/3/\\d", "6005", ints(-1, 49, 51, 53)),
          row("/-256/4/0/7/4/\\d", "6005", ints(-1, 49, 52, 53)),
          row("/-256/4/0/7/[56]", "6005", ints(-1, MOST_MEMORY + 1)),
          row("/-256/4/0/8/1", "6005", notTexts()),
          row("/-256/4/0/8/[2345]", "6005", ints(-1)),
          row("/-256/[56]/\\d/[16]", "6005", notTexts()),
          row("/-256/[56]/\\d/2/\\d", "6005", ints(0, 2, 5, (1 << 26) + 1)),
          row("/-256/[56]/\\d/3", "6005", ints(0, 8)),
          row("/-256/[56]/0/3", "6005", ints(3, 4, 5, 6)),
          row("/-256/[56]/1/3", "6005", ints(1, 2, 3, 4, 5, 7)),
          row("/-256/[56]/\\d/4", "6005", reals(0, -0.5, -65504, 0.1)),
          row("/-256/[56]/\\d/5", "6005", ints(1L << 31, -(1L << 31) - 1)),
          row("/-256/[56]/\\d/7/\\d", "6005", notTexts()),
          row("/-256/[78]/\\d+/0", "6005", ints(22)),
          row("/-256/[78]/\\d+/1", "6005", ints(2)),
          row("/-256/[78]/(0|1|11|17)/2/\\d", "6005", ints(1)),
          row("/-256/[78]/(4|6|7|9|12|13|18)/2/[12]", "6005", ints(1L << 31)),
          row("/-256/[78]/10/2/[14]", "6005", ints(-1, 1L << 31)),
          row("/-256/[78]/10/2/[23]", "6005", ints(1)),
          row("/-256/[78]/(4/2/3|8/2/1|20/2/2)", "6005", notNames()),
          row("/-256/[78]/20/2/1", "6005", ints(-1, 1L << 31)),
          row("/-256/9/\\d/[01]/\\d/0", "6005", ints(0, 4, -1)),
          row("/-256/9/0/0/0/0", "6005", ints(1, 3)),
          row("/-256/9/0/0/\\d/[12]", "6005", ints(-1, 256)),
          row("/-256/9/0/1/0/1", "6005", data(0, 3, 5)),
          row("/-256/9/0/1/1/1", "6005", data(8, 11, 13)),
          row("/-256/9/0/1/1/2", "6005", reals(0, -0.25, 1.5, 1.0009765625, 0.1)),
          row("/-256/9/1/0/\\d/1", "6005", data(0, 3, 5, 11, 13)),
          row("/-256/9/1/1/0/1", "6005", data(0, 4, 31, 33)),
          row("/-256/9/1/1/1/1", "6005", data(0, 11, 13, 32)),
          row("/-256/10", "6005", notTexts()),
          row("/-256/-300", "0", texts("", "another")));

  /// All that is wrong for the field at `leaf`; there is something for each that is not free.
  static List<Wrong> of(ManifestLeaves.Leaf leaf) {
    List<Wrong> wrong = new ArrayList<>();
    for (Row row : ROWS) {
      if (row.path().matcher(leaf.path()).matches()) {
        row.values().forEach(value -> wrong.add(new Wrong(value, row.code())));
      }
    }
    if (wrong.isEmpty()) {
      throw new IllegalStateException("nothing is said of the field " + leaf.path());
    }
    return wrong;
  }

  /// Values of all types, with heads of all sizes.
  static List<Cbor> ofOtherTypes() {
    return List.of(
        Cbor.NULL,
        Cbor.of(0),
        Cbor.of(Long.MAX_VALUE),
        Cbor.of(-1L << 40),
        Cbor.of(Bytes.EMPTY),
        Cbor.of("x".repeat(300)),
        Cbor.array(),
        Cbor.array(Cbor.of(3), Cbor.of(Bytes.EMPTY)),
        new Cbor.Mapping(Map.of()),
        new Cbor.Tag(1L << 40, Cbor.of(1.5)));
  }

  /// Another value of the same type.
  static Cbor other(Cbor value) {
    return switch (value) {
      case Cbor.Int(long number) -> Cbor.of(number + 1);
      case Cbor.Text(String text) -> Cbor.of(text + "x");
      case Cbor.Real(double number) -> Cbor.of(number / 2);
      case Cbor.ByteString(Bytes bytes) -> {
        byte[] changed = bytes.toByteArray();
        changed[changed.length - 1] ^= 1;
        yield Cbor.of(Bytes.of(changed));
      }
      default -> throw new IllegalStateException(value + " is no leaf");
    };
  }

  private static Row row(String path, String code, List<Cbor> values) {
    return new Row(Pattern.compile(path), code, values);
  }

  private static List<Cbor> ints(long... values) {
    return Arrays.stream(values).mapToObj(Cbor::of).toList();
  }

  private static List<Cbor> reals(double... values) {
    return Arrays.stream(values).mapToObj(Cbor::of).toList();
  }

  private static List<Cbor> texts(String... values) {
    return Stream.of(values).map(Cbor::of).toList();
  }

  /// Byte strings of these sizes.
  private static List<Cbor> data(int... sizes) {
    return Arrays.stream(sizes).mapToObj(size -> Cbor.of(Bytes.of(new byte[size]))).toList();
  }

  private static List<Cbor> notNames() {
    return texts("a b");
  }

  private static List<Cbor> notTexts() {
    return texts("a\u0085");
  }
}
