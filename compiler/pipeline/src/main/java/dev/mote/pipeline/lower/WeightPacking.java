package dev.mote.pipeline.lower;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// Stores int8 weights in fewer bits, without loss: as indices into a table of the values that
/// occur (which includes int4 and int2), or in a Huffman code.
final class WeightPacking {

  /// Indices, which decode faster, are taken if they need at most this many times the bytes of the
  /// Huffman code.
  private static final double INDICES_MARGIN = 1.04;

  /// Fewer weights than this are not worth the look.
  private static final int FEWEST = 48;

  /// Less than this part of the bytes is not worth the time.
  private static final double SMALLEST_SAVING = 1.0 / 16;

  private WeightPacking() {}

  /// How often each value from -128 on occurs.
  static int[] counts(byte[] values) {
    int[] counts = new int[256];
    for (byte value : values) {
      counts[value + 128]++;
    }
    return counts;
  }

  /// The smallest form of `weights`; empty where none is clearly smaller than a byte each.
  static Optional<ConstantTable> smallest(byte[] weights) {
    int[] counts = counts(weights);
    double limit = weights.length * (1 - SMALLEST_SAVING);
    if (weights.length < FEWEST || entropyBytes(counts) > limit) {
      return Optional.empty();
    }
    PrefixCode indices = PrefixCode.indices(counts);
    PrefixCode huffman =
        Stream.of(PrefixCode.huffman(counts), PrefixCode.aroundZero(counts))
            .filter(PrefixCode::canBeStored)
            .min(Comparator.comparingLong(code -> code.bytes(counts)))
            .orElse(indices);
    PrefixCode best =
        indices.bytes(counts) <= INDICES_MARGIN * huffman.bytes(counts) ? indices : huffman;
    return best.canBeStored() && best.bytes(counts) <= limit
        ? Optional.of(ConstantTable.weights(ElementType.UINT8, Blob.of(checked(best, weights))))
        : Optional.empty();
  }

  /// The weights in this code, decoded once and compared.
  private static byte[] checked(PrefixCode code, byte[] weights) {
    byte[] stream = code.encode(weights);
    if (!Arrays.equals(PrefixCode.decode(stream, weights.length), weights)) {
      throw new IllegalStateException("packed weights are not the weights");
    }
    return stream;
  }

  /// What no code of single values gets below.
  private static double entropyBytes(int[] counts) {
    double total = Arrays.stream(counts).sum();
    return Arrays.stream(counts)
            .filter(count -> count > 0)
            .mapToDouble(count -> count * Math.log(total / count))
            .sum()
        / (8 * Math.log(2));
  }
}
