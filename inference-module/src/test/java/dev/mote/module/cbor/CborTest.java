package dev.mote.module.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.authlete.cbor.CBORBoolean;
import com.authlete.cbor.CBORByteArray;
import com.authlete.cbor.CBORDecoder;
import com.authlete.cbor.CBORItem;
import com.authlete.cbor.CBORItemList;
import com.authlete.cbor.CBORNumber;
import com.authlete.cbor.CBORPairList;
import com.authlete.cbor.CBORString;
import com.authlete.cbor.CBORTaggedItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The encoding, against RFC 8949 and another reader.
class CborTest {

  /// From appendix A of RFC 8949, those in the deterministic encoding and without odd simple
  /// values.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          00 | 0
          17 | 23
          1818 | 24
          1864 | 100
          1903e8 | 1000
          1a000f4240 | 1000000
          1b000000e8d4a51000 | 1000000000000
          20 | -1
          3863 | -100
          3903e7 | -1000
          f90000 | 0.0
          f98000 | -0.0
          f93c00 | 1.0
          fb3ff199999999999a | 1.1
          f93e00 | 1.5
          f97bff | 65504.0
          fa47c35000 | 100000.0
          fa7f7fffff | 3.4028234663852886E38
          f90001 | 5.960464477539063E-8
          f90400 | 6.103515625E-5
          f9c400 | -4.0
          f4 | false
          f5 | true
          f6 | null
          c11a514b67b0 | 1(1363896240)
          40 | h''
          4401020304 | h'01020304'
          60 | ""
          6449455446 | "IETF"
          62225c | "\\"\\\\"
          62c3bc | "\u00fc"
          64f0908591 | "\ud800\udd51"
          80 | []
          83010203 | [1, 2, 3]
          8301820203820405 | [1, [2, 3], [4, 5]]
          a0 | {}
          a201020304 | {1: 2, 3: 4}
          a26161016162820203 | {"a": 1, "b": [2, 3]}
          4483010203 | << [1, 2, 3] >>
          """)
  void readsPrintsAndWritesTheExamplesOfTheStandard(String hex, String text) throws CborProblem {
    Bytes bytes = Bytes.hex(hex);
    Cbor item = CborReader.read(bytes, CborReader.Limits.HEAD);
    assertThat(CborText.print(item)).isEqualTo(text);
    assertThat(CborWriter.write(item)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "'', MALFORMED, it is cut off",
    "18, MALFORMED, it is cut off",
    "4401, MALFORMED, it is cut off",
    "5b7fffffffffffffff, MALFORMED, it is cut off",
    "9b7fffffffffffffff, MALFORMED, it is cut off",
    "bb0000000100000000, MALFORMED, it is cut off",
    "0000, MALFORMED, '1 bytes follow its end'",
    "1c, MALFORMED, a head is reserved",
    "61ff, MALFORMED, a text is not UTF-8",
    "63eda080, MALFORMED, a text is not UTF-8",
    "5fff, NOT_CANONICAL, it has an item of indefinite length",
    "1817, NOT_CANONICAL, an integer or a length is not in its shortest form",
    "1900ff, NOT_CANONICAL, an integer or a length is not in its shortest form",
    "1a0000ffff, NOT_CANONICAL, an integer or a length is not in its shortest form",
    "1b00000000ffffffff, NOT_CANONICAL, an integer or a length is not in its shortest form",
    "580161, NOT_CANONICAL, an integer or a length is not in its shortest form",
    "fa3f800000, NOT_CANONICAL, a number is not in its shortest form",
    "fb3ff0000000000000, NOT_CANONICAL, a number is not in its shortest form",
    "f97e00, NOT_CANONICAL, a number is not finite",
    "f97c00, NOT_CANONICAL, a number is not finite",
    "f7, NOT_CANONICAL, it has a simple value that modules do not use",
    "f8ff, NOT_CANONICAL, it has a simple value that modules do not use",
    "a201000100, NOT_CANONICAL, a key stands twice",
    "a202000100, NOT_CANONICAL, keys are out of order",
    "a1f500, NOT_CANONICAL, a key is neither an integer nor a text",
    "1bffffffffffffffff, LIMIT, an integer needs more than 64 bits with its sign",
    "818181818181818181818181818100, LIMIT, it nests deeper than 12",
  })
  void refusesWhatIsNotTheOneEncoding(String hex, CborProblem.Kind kind, String what) {
    assertThatThrownBy(() -> CborReader.read(Bytes.hex(hex), CborReader.Limits.HEAD))
        .isInstanceOfSatisfying(
            CborProblem.class,
            problem -> {
              assertThat(problem.kind()).isEqualTo(kind);
              assertThat(problem.what()).isEqualTo(what);
            });
  }

  @Test
  void refusesMoreItemsThanItMustTake() {
    assertThatThrownBy(() -> CborReader.read(Bytes.hex("83010203"), new CborReader.Limits(5, 3)))
        .isInstanceOfSatisfying(
            CborProblem.class,
            problem -> assertThat(problem.kind()).isEqualTo(CborProblem.Kind.LIMIT));
  }

  @Test
  void randomItemsComeBackAndAnotherReaderUnderstandsThem() throws CborProblem, IOException {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      Cbor item = random(random, 3);
      Bytes bytes = CborWriter.write(item);
      assertThat(CborReader.read(bytes, CborReader.Limits.HEAD)).isEqualTo(item);
      CBORItem other = Objects.requireNonNull(new CBORDecoder(bytes.toByteArray()).next());
      assertThat(ours(other)).isEqualTo(item);
    }
  }

  /// What another reader understood.
  private static Cbor ours(CBORItem item) {
    return switch (item) {
      case CBORNumber<?> number -> Cbor.of(((Number) number.getValue()).longValue());
      case CBORByteArray bytes -> Cbor.of(Bytes.of(bytes.getValue()));
      case CBORString text -> Cbor.of(text.getValue());
      case CBORBoolean value -> new Cbor.Bool(value.getValue());
      case CBORItemList list -> Cbor.array(list.getItems().stream().map(CborTest::ours).toList());
      case CBORTaggedItem tag ->
          new Cbor.Tag(tag.getTagNumber().longValue(), ours((CBORItem) tag.getTagContent()));
      case CBORPairList map -> {
        Map<Cbor, Cbor> entries = new LinkedHashMap<>();
        map.getPairs().forEach(pair -> entries.put(ours(pair.getKey()), ours(pair.getValue())));
        yield new Cbor.Mapping(entries);
      }
      default -> throw new AssertionError("it is " + item.getClass());
    };
  }

  @Test
  void everyFiniteFloatComesBack() throws CborProblem {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      Cbor item = Cbor.of((double) Float.intBitsToFloat(random.nextInt() & 0xbfffffff));
      assertThat(CborReader.read(CborWriter.write(item), CborReader.Limits.HEAD)).isEqualTo(item);
    }
  }

  private static Cbor random(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 8)) {
      case 0 -> Cbor.of(random.nextLong() >> random.nextInt(64));
      case 1 -> Cbor.of(Bytes.of(new byte[random.nextInt(300)]));
      case 2 -> Cbor.of("t".repeat(random.nextInt(30)));
      case 3 -> new Cbor.Bool(random.nextInt(3) == 0);
      case 4 -> new Cbor.Bool(random.nextBoolean());
      case 5 -> {
        List<Cbor> items = new ArrayList<>();
        for (int i = random.nextInt(30); i > 0; i--) {
          items.add(random(random, depth - 1));
        }
        yield Cbor.array(items);
      }
      case 6 -> {
        MapBuilder map = new MapBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
          map.put(random.nextInt(1000) - 500, random(random, depth - 1));
          map.put("k" + random.nextInt(1000), random(random, depth - 1));
        }
        yield map.build();
      }
      default -> new Cbor.Tag(100 + random.nextInt(1000), random(random, depth - 1));
    };
  }
}
