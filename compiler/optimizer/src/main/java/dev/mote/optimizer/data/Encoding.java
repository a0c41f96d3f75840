package dev.mote.optimizer.data;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Numbers to the bytes of a tensor and back.
public final class Encoding {

  private Encoding() {}

  /// Real values: quantized where the tensor is, half away from zero, clamped to the type's range.
  static byte[] ofReals(List<Double> reals, TensorType type) {
    if (!(type.quantization() instanceof Quantization.PerTensor(float scale, int zeroPoint))) {
      return ofPlain(reals, type);
    }
    return ofPlain(reals.stream().map(real -> round(real / scale) + zeroPoint).toList(), type);
  }

  /// Elements as the type stores them, rounded and clamped when it is an integer type.
  static byte[] ofPlain(List<Double> elements, TensorType type) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements.size(); i++) {
      put(bytes, i, elements.get(i), type.element());
    }
    return bytes.array();
  }

  /// The real numbers that the bytes of a tensor stand for.
  public static double[] toReals(byte[] data, TensorType type) {
    ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    double[] reals = new double[type.shape().count()];
    for (int i = 0; i < reals.length; i++) {
      double element = get(bytes, i, type.element());
      reals[i] =
          type.quantization() instanceof Quantization.PerTensor(float scale, int zeroPoint)
              ? scale * (element - zeroPoint)
              : element;
    }
    return reals;
  }

  /// Real numbers, float32 as a sample has them, to the bytes of a tensor as [#ofReals].
  public static Blob ofFloats(Blob reals, TensorType type) {
    if (type.element() == ElementType.FLOAT32) {
      return reals;
    }
    ByteBuffer from = reals.buffer();
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    boolean quantized = type.quantization().isQuantized();
    double scale = quantized ? type.quantization().scale() : 1;
    int zeroPoint = quantized ? type.quantization().zeroPoint() : 0;
    for (int i = 0; i < type.shape().count(); i++) {
      double real = from.getFloat(Float.BYTES * i);
      put(bytes, i, quantized ? round(real / scale) + zeroPoint : real, type.element());
    }
    return Blob.of(bytes.array());
  }

  /// The real numbers that the bytes of a tensor stand for, rounded to floats.
  public static float[] toFloats(Blob data, TensorType type) {
    ByteBuffer bytes = data.buffer();
    float[] reals = new float[type.shape().count()];
    boolean quantized = type.quantization() instanceof Quantization.PerTensor;
    double scale = quantized ? type.quantization().scale() : 1;
    int zeroPoint = quantized ? type.quantization().zeroPoint() : 0;
    for (int i = 0; i < reals.length; i++) {
      double element = get(bytes, i, type.element());
      reals[i] = (float) (quantized ? scale * (element - zeroPoint) : element);
    }
    return reals;
  }

  /// Elements as numbers, not dequantized.
  public static double element(byte[] data, int index, ElementType element) {
    return get(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN), index, element);
  }

  private static void put(ByteBuffer bytes, int i, double value, ElementType element) {
    switch (element) {
      case FLOAT32 -> bytes.putFloat(4 * i, (float) value);
      case FLOAT16 -> bytes.putShort(2 * i, Float.floatToFloat16((float) value));
      case BOOL -> bytes.put(i, (byte) (value != 0 ? 1 : 0));
      case INT4 -> {
        int nibble = (int) clamp(value, element) & 15;
        bytes.put(i / 2, (byte) (bytes.get(i / 2) | nibble << (i % 2 * 4)));
      }
      case INT8, UINT8 -> bytes.put(i, (byte) clamp(value, element));
      case INT16 -> bytes.putShort(2 * i, (short) clamp(value, element));
      case INT32 -> bytes.putInt(4 * i, (int) clamp(value, element));
      case INT64 -> bytes.putLong(8 * i, clamp(value, element));
    }
  }

  private static double get(ByteBuffer bytes, int i, ElementType element) {
    return switch (element) {
      case FLOAT32 -> bytes.getFloat(4 * i);
      case FLOAT16 -> Float.float16ToFloat(bytes.getShort(2 * i));
      case BOOL, UINT8 -> Byte.toUnsignedInt(bytes.get(i));
      case INT4 -> (byte) (bytes.get(i / 2) << (i % 2 == 0 ? 4 : 0)) >> 4;
      case INT8 -> bytes.get(i);
      case INT16 -> bytes.getShort(2 * i);
      case INT32 -> bytes.getInt(4 * i);
      case INT64 -> bytes.getLong(8 * i);
    };
  }

  private static long clamp(double value, ElementType element) {
    double rounded = round(value);
    return (long) Math.clamp(rounded, (double) element.minValue(), (double) element.maxValue());
  }

  /// Half away from zero, as TFLite rounds.
  private static double round(double value) {
    return Math.copySign(Math.floor(Math.abs(value) + 0.5), value);
  }
}
