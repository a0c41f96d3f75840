package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorShapeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TypeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ValueInfoProto;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Types and constants as the file has them.
final class OnnxConstants {

  /// Number of int4 in the format, which the schema's older edition does not name.
  static final int INT4 = 22;

  private OnnxConstants() {}

  static int code(ElementType element) {
    return switch (element) {
      case INT4 -> INT4;
      case INT8 -> TensorProto.DataType.INT8_VALUE;
      case UINT8 -> TensorProto.DataType.UINT8_VALUE;
      case INT16 -> TensorProto.DataType.INT16_VALUE;
      case INT32 -> TensorProto.DataType.INT32_VALUE;
      case INT64 -> TensorProto.DataType.INT64_VALUE;
      case BOOL -> TensorProto.DataType.BOOL_VALUE;
      case FLOAT16 -> TensorProto.DataType.FLOAT16_VALUE;
      case FLOAT32 -> TensorProto.DataType.FLOAT_VALUE;
    };
  }

  /// An input or output.
  static ValueInfoProto border(Tensor tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int dim : tensor.shape().dims()) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(tensor.name())
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(code(tensor.element()))
                        .setShape(shape)))
        .build();
  }

  /// `type` with dimension `permutation[i]` at place `i`.
  static TensorType permuted(TensorType type, List<Integer> permutation) {
    return new TensorType(
        type.element(),
        ValueForms.reordered(type.shape(), permutation),
        permuted(type.quantization(), permutation));
  }

  /// The elements of `x` with dimension `permutation[i]` at place `i`.
  static Tensor permuted(Tensor x, List<Integer> permutation) {
    Shape from = x.shape();
    TensorType type = permuted(x.type(), permutation);
    Shape to = type.shape();
    if (permutation.equals(ValueForms.identity(permutation.size()))) {
      return x;
    }
    List<Integer> strides = from.strides();
    byte[] source = x.data().orElseThrow().toByteArray();
    byte[] result = new byte[source.length];
    int[] index = new int[to.rank()];
    int bits = x.element().bits();
    for (int i = 0; i < to.count(); i++) {
      int at = 0;
      for (int axis = 0; axis < index.length; axis++) {
        at += index[axis] * strides.get(permutation.get(axis));
      }
      if (bits >= 8) {
        System.arraycopy(source, at * (bits / 8), result, i * (bits / 8), bits / 8);
      } else {
        int nibble = source[at / 2] >> (at % 2 * 4) & 15;
        result[i / 2] |= (byte) (nibble << (i % 2 * 4));
      }
      for (int axis = index.length - 1; axis >= 0 && ++index[axis] == to.dim(axis); axis--) {
        index[axis] = 0;
      }
    }
    return Tensor.constant(x.name(), type, Blob.of(result));
  }

  private static Quantization permuted(Quantization quantization, List<Integer> permutation) {
    return quantization instanceof Quantization.PerChannel p
        ? new Quantization.PerChannel(p.scales(), permutation.indexOf(p.axis()))
        : quantization;
  }

  static Blob int64(List<Integer> values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(value -> bytes.putLong(value));
    return Blob.of(bytes.array());
  }

  static Blob floats(List<Float> values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(value -> bytes.putFloat(value));
    return Blob.of(bytes.array());
  }

  /// `count` times the integer `value`, in elements of an integer type.
  static Blob integers(ElementType element, int count, long value) {
    int bytesEach = Math.max(1, element.bits() / 8);
    ByteBuffer bytes =
        ByteBuffer.allocate((int) element.bytes(count)).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      for (int i = 0; i < bytesEach; i++) {
        bytes.put((byte) (value >> (8 * i)));
      }
    }
    return Blob.of(bytes.array());
  }
}
