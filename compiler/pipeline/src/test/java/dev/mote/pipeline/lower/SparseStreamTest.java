package dev.mote.pipeline.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Streams without the groups that are zero are read back as the kernels read them.
class SparseStreamTest {

  private static final int FARTHEST = 31;
  private static final int UNIT = 8;

  /// Weights `[channels, rows, rowWeights]`, many groups of which are zero.
  private record Layer(int channels, int rows, int rowWeights, byte[] weights) {

    static Layer draw(Random random) {
      int channels = 1 + random.nextInt(9);
      int rows = 1 + random.nextInt(3);
      int rowWeights = 1 + random.nextInt(200);
      byte[] weights = new byte[channels * rows * rowWeights];
      random.nextBytes(weights);
      double zeros = random.nextDouble();
      for (int row = 0; row < channels * rows; row++) {
        for (int at = 0; at < rowWeights; at += 4) {
          if (random.nextDouble() < zeros) {
            int from = row * rowWeights + at;
            Arrays.fill(weights, from, Math.min(from + 4, (row + 1) * rowWeights), (byte) 0);
          }
        }
      }
      return new Layer(channels, rows, rowWeights, weights);
    }

    int groups() {
      return rows * ((rowWeights + 3) / 4);
    }

    /// Weights as columns of pixels meet them: rows filled up to groups of four.
    byte[] filled() {
      byte[] all = new byte[channels * groups() * 4];
      for (int row = 0; row < channels * rows; row++) {
        System.arraycopy(weights, row * rowWeights, all, row * ((rowWeights + 3) & -4), rowWeights);
      }
      return all;
    }

    ShortRescaling constants() {
      int[] ones = new int[channels];
      Arrays.fill(ones, 1);
      int[] multipliers = new int[channels];
      Arrays.setAll(multipliers, c -> (1 << 30) + c);
      int[] bias = new int[channels];
      Arrays.setAll(bias, c -> 100 * c - 300);
      return new ShortRescaling(bias, multipliers, ones, weights.clone(), new long[channels]);
    }
  }

  private static ByteBuffer buffer(ConstantTable table) {
    return ByteBuffer.wrap(table.data().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void bytesAreReadBack() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      Layer layer = Layer.draw(random);
      ByteBuffer stream =
          buffer(
              SparseStream.of(layer.weights, layer.channels, layer.rows, layer.rowWeights, 255)
                  .bytes());
      byte[] read = new byte[layer.channels * layer.groups() * 4];
      for (int channel = 0; channel < layer.channels; channel++) {
        int at = channel * layer.groups() * 4;
        for (int groups = Short.toUnsignedInt(stream.getShort()); groups > 0; groups--) {
          at += 4 * Byte.toUnsignedInt(stream.get());
          stream.get(read, at, 4);
          at += 4;
        }
      }
      assertThat(stream.hasRemaining()).isFalse();
      assertThat(read).isEqualTo(layer.filled());
    }
  }

  @Test
  void wordsAreReadBack() {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      Layer layer = Layer.draw(random);
      ByteBuffer stream =
          buffer(
              SparseStream.of(layer.weights, layer.channels, layer.rows, layer.rowWeights, FARTHEST)
                  .words(layer.constants(), UNIT));
      byte[] read = new byte[layer.channels * layer.groups() * 4];
      for (int channel = 0; channel < layer.channels; channel++) {
        assertThat(stream.getInt()).isEqualTo(layer.constants().bias()[channel]);
        assertThat(stream.getInt()).isEqualTo(2 * layer.constants().multiplier()[channel]);
        int head = stream.getInt();
        assertThat(head & 31).isEqualTo(1);
        int at = channel * layer.groups() * 4;
        int gaps = 0;
        for (int i = 0; i < head >> 8; i++) {
          gaps = i % 4 == 0 ? stream.getInt() : gaps >>> 8;
          at += 4 * ((gaps & 255) / UNIT);
          stream.get(read, at, 4);
          at += 4;
        }
      }
      assertThat(stream.hasRemaining()).isFalse();
      assertThat(read).isEqualTo(layer.filled());
    }
  }

  @Test
  void blocksOfTwoChannelsAreReadBack() {
    Random random = new Random(3);
    int compared = 0;
    for (int round = 0; round < 200; round++) {
      Layer layer = Layer.draw(random);
      var pairs = SparsePairs.of(layer.constants(), layer.rows, layer.rowWeights);
      if (pairs.isPresent()) {
        compared++;
        assertThat(read(layer, buffer(pairs.get().table()))).isEqualTo(layer.filled());
      }
    }
    assertThat(compared).isGreaterThan(50);
  }

  private static byte[] read(Layer layer, ByteBuffer stream) {
    int perChannel = layer.groups() * 4;
    byte[] read = new byte[layer.channels * perChannel];
    for (int first = 0; first < layer.channels; first += 2) {
      assertThat(stream.getInt() >> 8).isEqualTo(layer.constants().bias()[first]);
      stream.getInt();
      int head = stream.getInt();
      int at = 0;
      int gaps = 0;
      for (int i = head >>> 16; i < 4 * (head & 0xffff); i++) {
        gaps = i % 4 == 0 || i == head >>> 16 ? stream.getInt() : gaps;
        at += 4 * ((gaps >>> 8 * (i % 4) & 255) / 3);
        short[] sums = {stream.getShort(), stream.getShort(), stream.getShort(), stream.getShort()};
        for (int k = 0; k < 4; k++) {
          int sum = sums[k % 2 * 2 + k / 2];
          read[first * perChannel + at + k] = (byte) sum;
          int second = (sum - (byte) sum) / 256;
          if (first + 1 < layer.channels) {
            read[(first + 1) * perChannel + at + k] = (byte) second;
          } else {
            assertThat(second).isZero();
          }
        }
        at += 4;
      }
      assertThat(stream.getInt()).isEqualTo(2 * layer.constants().multiplier()[first]);
      stream.getInt();
    }
    assertThat(stream.hasRemaining()).isFalse();
    return read;
  }

  @Test
  void nothingIsStoredOfAChannelOfZeros() {
    SparseStream stream = SparseStream.of(new byte[80], 2, 1, 40, 255);
    assertThat(stream.stored()).isZero();
    assertThat(stream.bytes().data().size()).isEqualTo(4);
  }
}
