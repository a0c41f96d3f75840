package dev.mote.pipeline.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A canonical prefix code: the values in an order, and the lengths of their code words, which
/// never decrease in this order.
///
/// @param values what the code words stand for; 1 to 256
/// @param lengths bits of each code word
/// @param implied whether the order is that of [#around] zero, so that it need not be stored
record PrefixCode(List<Integer> values, List<Integer> lengths, boolean implied) {

  /// Of the longest code word; the kernels keep a table entry for each length.
  static final int LONGEST = 12;

  PrefixCode {
    values = List.copyOf(values);
    lengths = List.copyOf(lengths);
  }

  /// One length for all values that occur, in ascending order.
  static PrefixCode indices(int[] counts) {
    List<Integer> values = occurring(counts).toList();
    int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(values.size() - 1));
    return new PrefixCode(values, values.stream().map(_ -> bits).toList(), false);
  }

  /// The fewest bits, with the values listed by falling frequency.
  static PrefixCode huffman(int[] counts) {
    List<Integer> values =
        occurring(counts)
            .sorted(Comparator.comparingInt((Integer value) -> -counts[value + 128]))
            .toList();
    double[] weights = values.stream().mapToDouble(value -> counts[value + 128]).toArray();
    return new PrefixCode(values, lengths(weights), false);
  }

  /// The fewest bits for values in the order 0, -1, 1, -2, 2, …, up to the last one that occurs.
  static PrefixCode aroundZero(int[] counts) {
    List<Integer> values = new ArrayList<>();
    int size = 0;
    for (int number = 0; number < 256; number++) {
      values.add(around(number));
      if (counts[around(number) + 128] > 0) {
        size = number + 1;
      }
    }
    List<Integer> used = values.subList(0, size);
    double[] weights = used.stream().mapToDouble(value -> counts[value + 128]).toArray();
    return new PrefixCode(used, lengths(falling(weights)), true);
  }

  /// Value number `number` of those around zero.
  private static int around(int number) {
    return number % 2 == 0 ? number / 2 : -(number + 1) / 2;
  }

  private static Stream<Integer> occurring(int[] counts) {
    return IntStream.range(-128, 128).filter(value -> counts[value + 128] > 0).boxed();
  }

  /// The nearest weights that never rise: neighbours that do share their mean.
  private static double[] falling(double[] weights) {
    double[] sums = new double[weights.length];
    int[] sizes = new int[weights.length];
    int pools = 0;
    for (double weight : weights) {
      sums[pools] = weight;
      sizes[pools] = 1;
      pools++;
      while (pools > 1 && sums[pools - 2] * sizes[pools - 1] < sums[pools - 1] * sizes[pools - 2]) {
        pools--;
        sums[pools - 1] += sums[pools];
        sizes[pools - 1] += sizes[pools];
      }
    }
    double[] result = new double[weights.length];
    int at = 0;
    for (int pool = 0; pool < pools; pool++) {
      Arrays.fill(result, at, at + sizes[pool], sums[pool] / sizes[pool]);
      at += sizes[pool];
    }
    return result;
  }

  /// Optimal lengths of code words of at most [#LONGEST] bits for weights that never rise.
  ///
  /// The package-merge algorithm (Larmore and Hirschberg, 1990): in each round the lightest
  /// packages of the round before are paired and merged with the single values; how often a value
  /// is in the
  /// `2n - 2` lightest packages of the last round is the length of its code word.
  private static List<Integer> lengths(double[] weights) {
    int n = weights.length;
    if (n == 1) {
      return List.of(1);
    }
    List<Package> singles = new ArrayList<>();
    for (int i = n - 1; i >= 0; i--) {
      int[] uses = new int[n];
      uses[i] = 1;
      singles.add(new Package(weights[i], uses));
    }
    List<Package> packages = singles;
    for (int round = 1; round < LONGEST; round++) {
      List<Package> merged = new ArrayList<>(singles);
      for (int i = 0; i + 1 < packages.size(); i += 2) {
        merged.add(packages.get(i).with(packages.get(i + 1)));
      }
      merged.sort(Comparator.comparingDouble(Package::weight));
      packages = merged;
    }
    int[] lengths = new int[n];
    for (Package chosen : packages.subList(0, 2 * n - 2)) {
      for (int i = 0; i < n; i++) {
        lengths[i] += chosen.uses[i];
      }
    }
    Arrays.sort(lengths);
    return Arrays.stream(lengths).boxed().toList();
  }

  private record Package(double weight, int[] uses) {
    Package with(Package other) {
      int[] sum = new int[uses.length];
      Arrays.setAll(sum, i -> uses[i] + other.uses[i]);
      return new Package(weight + other.weight, sum);
    }
  }

  /// Bits of all code words of a text with these `counts`.
  private long bits(int[] counts) {
    long bits = 0;
    for (int i = 0; i < values.size(); i++) {
      bits += (long) counts[values.get(i) + 128] * lengths.get(i);
    }
    return bits;
  }

  /// Whether the numbers of its description fit in bytes.
  boolean canBeStored() {
    return values.size() < 256;
  }

  private int headerBytes() {
    return 3 + longest() - shortest() + 1 + (implied ? 0 : values.size());
  }

  /// Bytes of a text with these `counts`, what describes the code included.
  long bytes(int[] counts) {
    return headerBytes() + (bits(counts) + longest() + 7) / 8;
  }

  private int shortest() {
    return lengths.getFirst();
  }

  private int longest() {
    return lengths.getLast();
  }

  /// `text` as `portable/unpack.h` reads it. The decoder looks at as many bits as the longest code
  /// word has, so the text ends with that many.
  byte[] encode(byte[] text) {
    int[] words = new int[256];
    int[] bits = new int[256];
    int next = 0;
    for (int i = 0; i < values.size(); i++) {
      next <<= lengths.get(i) - (i == 0 ? shortest() : lengths.get(i - 1));
      words[values.get(i) + 128] = next++;
      bits[values.get(i) + 128] = lengths.get(i);
    }
    int[] counts = WeightPacking.counts(text);
    byte[] stream = new byte[Math.toIntExact(bytes(counts))];
    int at = header(stream);
    long bit = 8L * at;
    for (byte value : text) {
      for (int i = bits[value + 128] - 1; i >= 0; i--, bit++) {
        stream[(int) (bit / 8)] |= (byte) ((words[value + 128] >> i & 1) << (7 - bit % 8));
      }
    }
    return stream;
  }

  /// The `count` values of `stream`, bit by bit; the kernels' decoder is another one.
  ///
  /// @throws IllegalStateException where the kernels would read behind its end
  static byte[] decode(byte[] stream, int count) {
    int shortest = stream[0];
    int longest = stream[1];
    int listed = Byte.toUnsignedInt(stream[2]);
    int values = 3 + longest - shortest + 1;
    long bit = 8L * (values + listed);
    byte[] out = new byte[count];
    for (int i = 0; i < count; i++) {
      if (bit + longest > 8L * stream.length) {
        throw new IllegalStateException("packed weights end too early");
      }
      int word = 0;
      int first = 0;
      int number = 0;
      int words = 0;
      int length = 0;
      do {
        number += words;
        first = first + words << 1;
        word = word << 1 | stream[(int) (bit / 8)] >> (7 - bit % 8) & 1;
        bit++;
        length++;
        words = length < shortest ? 0 : Byte.toUnsignedInt(stream[3 + length - shortest]);
      } while (word - first >= words && length < longest);
      number += word - first;
      out[i] = (byte) (listed != 0 ? stream[values + number] : around(number));
    }
    return out;
  }

  private int header(byte[] stream) {
    stream[0] = (byte) shortest();
    stream[1] = (byte) longest();
    stream[2] = (byte) (implied ? 0 : values.size());
    int at = 3;
    for (int length = shortest(); length <= longest(); length++) {
      int wanted = length;
      stream[at++] = (byte) lengths.stream().filter(l -> l == wanted).count();
    }
    for (int i = 0; !implied && i < values.size(); i++) {
      stream[at++] = (byte) (int) values.get(i);
    }
    return at;
  }
}
