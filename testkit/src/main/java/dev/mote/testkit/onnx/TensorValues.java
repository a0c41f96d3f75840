package dev.mote.testkit.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/// Values of test cases as bytes, and their comparison by the rule of ONNX's own backend tests.
final class TensorValues {

  /// Tolerances of ONNX's backend tests: `|actual − expected| ≤ ABSOLUTE + RELATIVE · |expected|`.
  static final double RELATIVE = 1e-3;

  static final double ABSOLUTE = 1e-7;

  private TensorValues() {}

  /// The elements of `tensor` as dense little-endian bytes of `type`.
  static byte[] bytes(TensorProto tensor, TensorType type) {
    if (tensor.hasRawData()) {
      byte[] raw = tensor.getRawData().toByteArray();
      if (raw.length != type.bytes()) {
        throw new IllegalArgumentException(
            "the case gives %d bytes, the graph takes %d".formatted(raw.length, type.bytes()));
      }
      return raw;
    }
    int count = type.shape().count();
    ByteBuffer bytes = ByteBuffer.allocate((int) type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (type.element()) {
        case FLOAT32 -> bytes.putFloat(tensor.getFloatData(i));
        case INT64 -> bytes.putLong(tensor.getInt64Data(i));
        case INT32 -> bytes.putInt(tensor.getInt32Data(i));
        case INT16, FLOAT16 -> bytes.putShort((short) tensor.getInt32Data(i));
        case INT8, UINT8, BOOL -> bytes.put((byte) tensor.getInt32Data(i));
        case INT4 -> throw new IllegalArgumentException("int4");
      }
    }
    return bytes.array();
  }

  /// How `actual` differs from `expected`; empty when it does not.
  static Optional<String> difference(TensorProto expected, TensorType type, byte[] actual) {
    List<Integer> dims = expected.getDimsList().stream().map(Long::intValue).toList();
    if (!dims.equals(type.shape().dims())) {
      return Optional.of("has shape %s, expected %s".formatted(type.shape().dims(), dims));
    }
    if (!sameType(expected.getDataType(), type.element())) {
      return Optional.of(
          "has type %s, expected #%d".formatted(type.element().label(), expected.getDataType()));
    }
    TensorType plain = TensorType.plain(type.element(), type.shape());
    Tensor want = Tensor.constant("expected", plain, Blob.of(bytes(expected, plain)));
    Tensor have = Tensor.constant("actual", plain, Blob.of(actual));
    return plain.element().isFloat()
        ? realDifference(want.constantFloats(), have.constantFloats())
        : integerDifference(want.constantIntegers(), have.constantIntegers());
  }

  private static Optional<String> realDifference(float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      double a = actual[i];
      boolean equal = Double.compare(e, a) == 0 || e == a;
      if (!equal && !(Math.abs(a - e) <= ABSOLUTE + RELATIVE * Math.abs(e))) {
        return Optional.of("element %d is %s, expected %s".formatted(i, a, e));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> integerDifference(long[] expected, long[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != actual[i]) {
        return Optional.of("element %d is %d, expected %d".formatted(i, actual[i], expected[i]));
      }
    }
    return Optional.empty();
  }

  private static boolean sameType(int number, ElementType element) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(number);
    return switch (element) {
      case FLOAT32 -> type == TensorProto.DataType.FLOAT;
      case FLOAT16 -> type == TensorProto.DataType.FLOAT16;
      case INT8 -> type == TensorProto.DataType.INT8;
      case UINT8 -> type == TensorProto.DataType.UINT8;
      case INT16 -> type == TensorProto.DataType.INT16;
      case INT32 -> type == TensorProto.DataType.INT32;
      case INT64 -> type == TensorProto.DataType.INT64;
      case BOOL -> type == TensorProto.DataType.BOOL;
      case INT4 -> false;
    };
  }
}
