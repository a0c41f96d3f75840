package dev.mote.pipeline.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What the products of the DSP kernels do with a stream gives the sums of both channels.
class ProductStreamTest {

  private static final int DEPTH = 12;

  @Test
  void aNarrowStreamSumsUpBothChannelsOfAPair() {
    Random random = new Random(7);
    byte[] weights = new byte[2 * DEPTH];
    random.nextBytes(weights);
    for (int i = DEPTH; i < 2 * DEPTH; i++) {
      weights[i] = (byte) Math.max(weights[i], -127);
    }
    ProductStream stream = stream(weights, new int[] {-70_000, 1_234_567}, 1 << 20);
    assertThat(stream.layout()).isEqualTo(ProductStream.Layout.NARROW);
    IntBuffer words = words(stream);
    int[] x = random.ints(DEPTH, -128, 128).toArray();

    int biasA = words.get(0) >> 8;
    int both = biasA + words.get(1);
    int even = biasA;
    for (int i = 0; i < DEPTH; i += 2) {
      int word = words.get(2 + i / 2);
      int at = i / 4 * 4 + i / 2 % 2;
      both += x[at] * (short) word + x[at + 2] * (word >> 16);
      even += x[at] * (byte) word + x[at + 2] * (byte) (word >> 16);
    }

    assertThat(even).isEqualTo(-70_000 + sum(x, weights, 0));
    assertThat((both - even) >> 8).isEqualTo(1_234_567 + sum(x, weights, DEPTH));
  }

  @Test
  void theShiftsAreTheLowestBytesOfTheBiases() {
    IntBuffer words = words(stream(new byte[2 * DEPTH], new int[] {-3, 5}, 1));

    assertThat(words.get(0) & 0xff).isEqualTo(9);
    assertThat(words.get(1) & 0xff).isEqualTo(10);
  }

  @Test
  void aPairThatNeedsMoreThan16BitsIsWide() {
    byte[] weights = new byte[2 * DEPTH];
    weights[3] = -1;
    weights[DEPTH + 3] = -128;

    assertThat(stream(weights, new int[2], 1).layout()).isEqualTo(ProductStream.Layout.WIDE);
  }

  @Test
  void sumsOf24BitsAreWide() {
    assertThat(stream(new byte[2 * DEPTH], new int[2], (1 << 23) - 1).layout())
        .isEqualTo(ProductStream.Layout.NARROW);
    assertThat(stream(new byte[2 * DEPTH], new int[2], 1 << 23).layout())
        .isEqualTo(ProductStream.Layout.WIDE);
  }

  @Test
  void nibblesSumUpSixteenTimesTheProducts() {
    Random random = new Random(8);
    byte[] weights = new byte[2 * DEPTH];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) (random.nextInt(16) - 8);
    }
    ProductStream stream =
        ProductStream.inNibbles(
                constants(weights, new int[] {-70_000, 34_567}, 1 << 20), 1, DEPTH, true)
            .orElseThrow();
    IntBuffer words = words(stream);
    int[] x = random.ints(DEPTH, -128, 128).toArray();

    int even = words.get(0);
    int odd = words.get(1);
    for (int i = 0; i < DEPTH; i++) {
      int word = words.get(2 + i / 4);
      even += x[i] * (byte) (word >> 8 * (i % 4) & 0xf0);
      odd += x[i] * (byte) (word >> 8 * (i % 4) << 4 & 0xf0);
    }

    assertThat(even >> 4).isEqualTo(-70_000 + sum(x, weights, 0));
    assertThat(odd >> 4).isEqualTo(34_567 + sum(x, weights, DEPTH));
  }

  @Test
  void nibblesAreForSmallWeightsAndSums() {
    byte[] weights = new byte[2 * DEPTH];
    weights[5] = 8;

    assertThat(ProductStream.inNibbles(constants(weights, new int[2], 1), 1, DEPTH, true))
        .isEmpty();
    assertThat(
            ProductStream.inNibbles(
                constants(new byte[2 * DEPTH], new int[2], 1 << 27), 1, DEPTH, true))
        .isEmpty();
  }

  private static ProductStream stream(byte[] weights, int[] bias, long largest) {
    return ProductStream.inBytes(constants(weights, bias, largest), 1, DEPTH, true).orElseThrow();
  }

  private static ShortRescaling constants(byte[] weights, int[] bias, long largest) {
    return new ShortRescaling(
        bias,
        new int[] {1 << 30, (1 << 30) + 1},
        new int[] {9, 10},
        weights,
        new long[] {largest, largest});
  }

  private static IntBuffer words(ProductStream stream) {
    return ByteBuffer.wrap(stream.table().data().toByteArray())
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer();
  }

  private static int sum(int[] x, byte[] weights, int from) {
    int sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * weights[from + i];
    }
    return sum;
  }
}
