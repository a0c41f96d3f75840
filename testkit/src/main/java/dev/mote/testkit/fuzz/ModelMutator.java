package dev.mote.testkit.fuzz;

import dev.mote.frontends.tflite.schema.Buffer;
import dev.mote.frontends.tflite.schema.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/// Makes broken files of a good model: the same ones for the same seed.
///
/// Half of the mutants are damaged as bytes (cut off, bits flipped, numbers replaced by boundary
/// values, pieces copied, offsets bent), the others are well-formed files that lie
/// ([StructureMutator]). Bytes of weights are spared: any of them would do.
public final class ModelMutator {

  private static final int LARGEST_SMALL_BUFFER = 64;
  private static final int MOST_MUTATIONS = 4;
  private static final int MOST_FLIPS = 8;
  private static final int LONGEST_PIECE = 64;

  private static final int[] BOUNDARIES = {
    0,
    1,
    2,
    3,
    -1,
    -2,
    4,
    8,
    127,
    128,
    255,
    256,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x7fffff,
    Integer.MAX_VALUE,
    Integer.MAX_VALUE - 3,
    Integer.MIN_VALUE,
    0x7fc00000,
    0x7f800000
  };

  private final byte[] original;
  private final int[] structure;

  /// @param original a good model
  public ModelMutator(byte[] original) {
    this.original = original.clone();
    this.structure = structure(this.original);
  }

  /// The good model.
  public byte[] original() {
    return original.clone();
  }

  /// Mutant number `seed`.
  public byte[] mutate(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L + original.length);
    if (random.nextBoolean()) {
      return new StructureMutator(random).mutate(original);
    }
    byte[] bytes = original.clone();
    int count = 1 + random.nextInt(MOST_MUTATIONS);
    for (int i = 0; i < count; i++) {
      bytes = damage(bytes, random);
    }
    return bytes;
  }

  private byte[] damage(byte[] bytes, Random random) {
    if (bytes.length < 16) {
      return bytes;
    }
    return switch (random.nextInt(8)) {
      case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> flipped(bytes, random);
      case 2, 3 -> {
        int value = BOUNDARIES[random.nextInt(BOUNDARIES.length)];
        little(bytes).putInt(position(bytes, random, 4), value);
        yield bytes;
      }
      case 4 -> {
        int value = BOUNDARIES[random.nextInt(BOUNDARIES.length)];
        little(bytes).putShort(position(bytes, random, 2), (short) value);
        yield bytes;
      }
      case 5 -> {
        // An offset to another place of the file, or the size of the file and thereabouts.
        int at = position(bytes, random, 4);
        int target = random.nextBoolean() ? random.nextInt(bytes.length) : bytes.length - at;
        little(bytes)
            .putInt(at, random.nextBoolean() ? target & -4 : target + random.nextInt(9) - 4);
        yield bytes;
      }
      case 6 -> {
        int length = Math.min(bytes.length / 2, 1 + random.nextInt(LONGEST_PIECE));
        int from = random.nextInt(bytes.length - length);
        int to = random.nextInt(bytes.length - length);
        System.arraycopy(bytes, from, bytes, to, length);
        yield bytes;
      }
      default -> spliced(bytes, random);
    };
  }

  private byte[] flipped(byte[] bytes, Random random) {
    int flips = 1 + random.nextInt(MOST_FLIPS);
    for (int i = 0; i < flips; i++) {
      bytes[position(bytes, random, 1)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  /// A piece taken out or put in twice, which moves everything behind it.
  private byte[] spliced(byte[] bytes, Random random) {
    int at = position(bytes, random, 4);
    int length = Math.min(bytes.length - at, 4 * (1 + random.nextInt(8)));
    boolean twice = random.nextBoolean();
    byte[] result = new byte[twice ? bytes.length + length : bytes.length - length];
    System.arraycopy(bytes, 0, result, 0, at);
    int rest = twice ? at : at + length;
    int to = at;
    if (twice) {
      System.arraycopy(bytes, at, result, at, length);
      to += length;
    }
    System.arraycopy(bytes, rest, result, to, bytes.length - rest);
    return result;
  }

  /// A place for `width` bytes, aligned to them, outside of the weights.
  private int position(byte[] bytes, Random random, int width) {
    int at = structure[random.nextInt(structure.length)] / width * width;
    return at <= bytes.length - width ? at : random.nextInt(bytes.length - width) / width * width;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Positions of the bytes that are not contents of large buffers.
  private static int[] structure(byte[] bytes) {
    boolean[] weights = new boolean[bytes.length];
    Model model = Model.getRootAsModel(ByteBuffer.wrap(bytes));
    for (int i = 0; i < model.buffersLength(); i++) {
      Buffer buffer = model.buffers(i);
      ByteBuffer data = buffer.dataAsByteBuffer();
      if (data != null && data.remaining() > LARGEST_SMALL_BUFFER) {
        Arrays.fill(weights, data.position(), data.limit(), true);
      }
    }
    int[] positions = new int[bytes.length];
    int count = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (!weights[i]) {
        positions[count++] = i;
      }
    }
    return Arrays.copyOf(positions, count);
  }
}
