package dev.mote.pipeline.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightPackingTest {

  /// The decoder of `portable/unpack.h`, bit by bit; fails where it reads behind the end.
  private static byte[] decode(byte[] code, int count) {
    int shortest = code[0];
    int longest = code[1];
    int listed = Byte.toUnsignedInt(code[2]);
    int values = 3 + longest - shortest + 1;
    long bit = 8L * (values + listed);
    byte[] out = new byte[count];
    for (int i = 0; i < count; i++) {
      assertThat((bit + longest + 7) / 8).isLessThanOrEqualTo(code.length);
      int word = 0;
      int first = 0;
      int number = 0;
      int length = 0;
      do {
        word = word << 1 | code[(int) (bit / 8)] >> (7 - bit % 8) & 1;
        bit++;
        length++;
        first <<= 1;
        int words = length < shortest ? 0 : Byte.toUnsignedInt(code[3 + length - shortest]);
        if (length >= shortest && word - first < words) {
          number += word - first;
          break;
        }
        number += words;
        first += words;
      } while (length < longest);
      out[i] =
          listed != 0
              ? code[values + number]
              : (byte) (number % 2 == 0 ? number / 2 : -(number + 1) / 2);
    }
    return out;
  }

  private static byte[] draw(Random random) {
    byte[] weights = new byte[48 + random.nextInt(3000)];
    double spread = Math.pow(2, random.nextInt(9) - 1);
    int clusters = 1 + random.nextInt(40);
    int shape = random.nextInt(4);
    for (int i = 0; i < weights.length; i++) {
      int value =
          switch (shape) {
            case 0 -> random.nextInt(256) - 128;
            case 1 -> (int) Math.round(random.nextGaussian() * spread);
            case 2 -> (random.nextInt(clusters) * 37 + 11) % 256 - 128;
            default ->
                (int) (spread * Math.log(random.nextDouble())) * (random.nextBoolean() ? 1 : -1);
          };
      weights[i] = (byte) Math.clamp(value, -128, 127);
    }
    return weights;
  }

  @Test
  void packedWeightsUnpackToThemselves() {
    Random random = new Random(1);
    int packed = 0;
    for (int round = 0; round < 400; round++) {
      byte[] weights = draw(random);
      Optional<ConstantTable> table = WeightPacking.smallest(weights);
      if (table.isPresent()) {
        packed++;
        assertThat(table.get().data().size()).isLessThan(weights.length);
        assertThat(decode(table.get().data().toByteArray(), weights.length)).isEqualTo(weights);
      }
    }
    assertThat(packed).isGreaterThan(200);
  }

  @Test
  void everyCodeKeepsItsKraftSum() {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      int[] counts = WeightPacking.counts(draw(random));
      for (PrefixCode code :
          new PrefixCode[] {PrefixCode.huffman(counts), PrefixCode.aroundZero(counts)}) {
        long sum = code.lengths().stream().mapToLong(l -> 1L << (PrefixCode.LONGEST - l)).sum();
        assertThat(sum).isLessThanOrEqualTo(1L << PrefixCode.LONGEST);
        assertThat(code.lengths()).isSorted().allMatch(length -> length >= 1);
      }
    }
  }

  @Test
  void fourBitWeightsTakeHalfAByte() {
    byte[] weights = new byte[1000];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) (i % 16 - 8);
    }
    // 3 + 1 bytes of description, 16 values, 500 bytes of indices, 4 bits for the decoder to look
    // at
    assertThat(WeightPacking.smallest(weights).orElseThrow().data().size()).isEqualTo(521);
  }

  @Test
  void weightsOfOneValueTakeABitEach() {
    byte[] weights = new byte[800];
    Arrays.fill(weights, (byte) -3);
    assertThat(WeightPacking.smallest(weights).orElseThrow().data().size()).isBetween(104, 106);
  }

  @Test
  void noiseIsLeftAsItIs() {
    byte[] weights = new byte[4096];
    new Random(3).nextBytes(weights);
    assertThat(WeightPacking.smallest(weights)).isEmpty();
  }
}
