package dev.mote.module.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.module.cbor.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Deltas: they come back, they are short where they should be, and what is none is refused.
class DeltaTest {

  private static byte[] random(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void anyTwoPayloadsComeBack() throws DeltaProblem {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] base = random(random, random.nextInt(3000));
      byte[] contents = edited(base, random);
      int block = 256 << random.nextInt(3);
      Bytes delta = Delta.make(Bytes.of(base), Bytes.of(contents), block);
      assertThat(Delta.apply(Bytes.of(base), delta, contents.length, block))
          .as("seed " + seed)
          .isEqualTo(Bytes.of(contents));
    }
  }

  /// `base` with parts copied, moved, added to and replaced.
  private static byte[] edited(byte[] base, Random random) {
    Bytes contents = Bytes.of(random(random, 1 + random.nextInt(20)));
    for (int i = random.nextInt(8); i > 0; i--) {
      int from = random.nextInt(base.length + 1);
      int to = from + random.nextInt(base.length - from + 1);
      byte[] piece = Bytes.of(base, from, to).toByteArray();
      switch (random.nextInt(4)) {
        case 0 -> {
          for (int at = 0; at < piece.length; at++) {
            piece[at] += (byte) Math.round(random.nextGaussian() * 3);
          }
        }
        case 1 -> {
          for (int at = random.nextInt(40); at < piece.length; at += 1 + random.nextInt(60)) {
            piece[at]++;
          }
        }
        case 2 -> piece = random(random, random.nextInt(500));
        default -> {}
      }
      contents = contents.then(Bytes.of(piece));
    }
    return contents.toByteArray();
  }

  /// Sizes like those of keyword spotting: 24 kB of weights behind 8 kB of code.
  @ParameterizedTest
  @CsvSource({
    "equal, 0.01",
    "last layer retrained, 0.05",
    "code changed, 0.10",
    "code changed and weights moved, 0.12",
    "weights tuned, 0.45",
    "everything retrained, 0.76",
  })
  void deltasAreShort(String what, double most) throws DeltaProblem {
    Random random = new Random(7);
    byte[] code = random(random, 8 << 10);
    byte[] weights = random(random, 24 << 10);
    Bytes base = Bytes.of(code).then(Bytes.of(weights));
    switch (what) {
      case "last layer retrained" ->
          System.arraycopy(random(random, 768), 0, weights, weights.length - 768, 768);
      case "code changed" -> changeCode(code, random);
      case "code changed and weights moved" -> {
        changeCode(code, random);
        code = Bytes.of(code).then(Bytes.of(random(random, 100))).toByteArray();
      }
      case "weights tuned" -> add(weights, random, 1);
      case "everything retrained" -> {
        changeCode(code, random);
        add(weights, random, 12);
      }
      default -> {}
    }
    Bytes contents = Bytes.of(code).then(Bytes.of(weights));
    Bytes delta = Delta.make(base, contents, 4096);
    assertThat(Delta.apply(base, delta, contents.size(), 4096)).isEqualTo(contents);
    assertThat((double) delta.size() / contents.size()).as(what).isLessThan(most);
  }

  /// An address here and there.
  private static void changeCode(byte[] code, Random random) {
    for (int at = 0; at < code.length - 2; at += 4 + random.nextInt(60)) {
      code[at] += 12;
    }
  }

  private static void add(byte[] weights, Random random, double deviation) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] += (byte) Math.round(random.nextGaussian() * deviation);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'at byte 0: it is cut off'",
    "05010004, 'at byte 4: it is cut off'",
    "03010009, 'at byte 4: an operation makes more than its block, or nothing'",
    "03010000, 'at byte 4: an operation makes more than its block, or nothing'",
    "0301000800, 'at byte 4: more follows than the payload needs'",
    "0401000800, 'at byte 4: a segment is longer than its block'",
    "03011208, 'at byte 3: it reads outside the base'",
    "03010108, 'at byte 3: it reads outside the base'",
    "0100, 'at byte 2: there is no operation 0'",
    "0109, 'at byte 2: an operation has bits that it does not use'",
    "03050108, 'at byte 4: it repeats what was not made yet'",
    "0602ffffffffff, 'at byte 7: a number is too large, or longer than it needs to be'",
    "0402810008, 'at byte 4: a number is too large, or longer than it needs to be'",
    "0402020000, 'at byte 5: it is cut off'",
  })
  void whatIsNoDeltaIsRefused(String hex, String message) {
    Bytes base = Bytes.hex("0102030405060708");
    assertThatThrownBy(() -> Delta.apply(base, Bytes.hex(hex), 8, 8))
        .isInstanceOf(DeltaProblem.class)
        .hasMessage(message);
  }

  @Test
  void randomBytesNeverDoMoreThanBeRefused() {
    Random random = new Random(3);
    Bytes base = Bytes.of(random(random, 600));
    Bytes good = Delta.make(base, Bytes.of(edited(base.toByteArray(), random)), 256);
    for (int i = 0; i < 2000; i++) {
      byte[] mutant = good.toByteArray();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(Delta.apply(base, Bytes.of(mutant), 700, 256).size()).isEqualTo(700);
      } catch (DeltaProblem e) {
        assertThat(e.what()).startsWith("at byte ");
      }
    }
  }
}
