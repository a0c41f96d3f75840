package dev.mote.frontends.onnx;

import com.google.protobuf.ByteString;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Constants of the file, and element types by their number in it.
final class TensorData {

  private static final String EXPORT_FIX =
      "the file is damaged or was written wrongly: export the model again.";

  private TensorData() {}

  /// The element type that the file calls `number`.
  ///
  /// @throws OnnxRefusal when Mote has none such
  static ElementType element(int number, String where) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(number);
    return switch (type == null ? TensorProto.DataType.UNDEFINED : type) {
      case FLOAT -> ElementType.FLOAT32;
      case UINT8 -> ElementType.UINT8;
      case INT8 -> ElementType.INT8;
      case INT16 -> ElementType.INT16;
      case INT32 -> ElementType.INT32;
      case INT64 -> ElementType.INT64;
      case BOOL -> ElementType.BOOL;
      case FLOAT16 -> ElementType.FLOAT16;
      case UINT16, UINT32, UINT64, DOUBLE, BFLOAT16, COMPLEX64, COMPLEX128, STRING ->
          throw new OnnxRefusal(
              OnnxProblem.TENSOR_TYPE.at(
                  where,
                  "elements of type %s are not supported".formatted(type),
                  "export the model in float32, or with a cast to a supported type."));
      case UNDEFINED ->
          throw new OnnxRefusal(
              OnnxProblem.TENSOR_TYPE.at(
                  where, "its element type #%d is unknown".formatted(number), EXPORT_FIX));
    };
  }

  /// A shape of the file.
  static Shape shape(List<Long> dims, ElementType element, String where) {
    List<Integer> extents = new ArrayList<>();
    if (dims.size() > OnnxLimits.RANK) {
      throw new OnnxRefusal(
          OnnxProblem.SHAPE.at(
              where,
              "it has %d dimensions; at most %d are supported"
                  .formatted(dims.size(), OnnxLimits.RANK),
              "reshape it before the export."));
    }
    long bytes = Math.max(1, element.bits() / 8);
    for (long dim : dims) {
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw new OnnxRefusal(
            OnnxProblem.SHAPE.at(where, "its shape has a dimension of " + dim, EXPORT_FIX));
      }
      bytes *= dim;
      if (bytes > OnnxLimits.TENSOR_BYTES) {
        throw new OnnxRefusal(
            OnnxProblem.TOO_LARGE.at(
                where,
                "it has more than %d MiB".formatted(OnnxLimits.TENSOR_BYTES >> 20),
                "give a model made for microcontrollers."));
      }
      extents.add((int) dim);
    }
    return new Shape(extents);
  }

  /// The constant that `tensor` describes.
  static Wire wire(TensorProto tensor, String hint, String where) {
    if (tensor.getDataType() == TensorProto.DataType.STRING.getNumber()) {
      return texts(tensor, hint, where);
    }
    boolean narrow = tensor.getDataType() == OnnxConstants.INT4;
    ElementType element = narrow ? ElementType.INT8 : element(tensor.getDataType(), where);
    Shape shape = shape(tensor.getDimsList(), element, where);
    if (ExternalData.isExternal(tensor)) {
      throw new OnnxRefusal(
          OnnxProblem.EXTERNAL_DATA.at(
              where,
              "its data lie outside of the model's file, where only initializers' may",
              "save the model with its data inside: onnx.save(onnx.load(path), path,"
                  + " save_as_external_data=False)."));
    }
    TensorType type = TensorType.plain(element, shape);
    if (narrow) {
      return nibbles(tensor, hint, type, where);
    }
    byte[] bytes =
        tensor.hasRawData()
            ? tensor.getRawData().toByteArray()
            : typed(tensor, element, shape.count(), where);
    if (bytes.length != type.bytes()) {
      throw wrongSize(where, bytes.length, type);
    }
    if (element == ElementType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (bytes[i] == 0 ? 0 : 1);
      }
    }
    return new Wire(hint, type, Optional.of(Blob.of(bytes)));
  }

  /// Numbers of 4 bits as bytes; lowerings pack again what is worth it.
  private static Wire nibbles(TensorProto tensor, String hint, TensorType type, String where) {
    byte[] packed = tensor.getRawData().toByteArray();
    int count = type.shape().count();
    if (packed.length != Math.ceilDiv(count, 2)) {
      throw wrongSize(where, packed.length, type.withElement(ElementType.INT4));
    }
    byte[] values = new byte[count];
    for (int i = 0; i < count; i++) {
      values[i] = (byte) ((byte) (packed[i / 2] << (i % 2 == 0 ? 4 : 0)) >> 4);
    }
    Wire wire = new Wire(hint, type, Optional.of(Blob.of(values)));
    wire.setNarrow();
    return wire;
  }

  /// A tensor of strings: numbers 0, 1, 2 …, and what they stand for.
  private static Wire texts(TensorProto tensor, String hint, String where) {
    Shape shape = shape(tensor.getDimsList(), ElementType.INT64, where);
    List<String> texts = tensor.getStringDataList().stream().map(TensorData::text).toList();
    if (texts.size() != shape.count()) {
      throw new OnnxRefusal(
          OnnxProblem.TENSOR_DATA.at(
              where,
              "it stores %d elements of %d".formatted(texts.size(), shape.count()),
              EXPORT_FIX));
    }
    long[] numbers = java.util.stream.LongStream.range(0, texts.size()).toArray();
    TensorType type = TensorType.plain(ElementType.INT64, shape);
    Wire wire =
        new Wire(hint, type, Optional.of(Blob.of(Folding.encode(ElementType.INT64, numbers))));
    wire.setTexts(texts);
    return wire;
  }

  /// The numbers of a float or double tensor.
  static double[] reals(TensorProto tensor, String where) {
    if (tensor.getDataType() != TensorProto.DataType.DOUBLE.getNumber()) {
      return wire(tensor, "", where).numbers();
    }
    Shape shape = shape(tensor.getDimsList(), ElementType.INT64, where);
    double[] values = new double[shape.count()];
    ByteString raw = tensor.getRawData();
    int stored = tensor.hasRawData() ? raw.size() / Double.BYTES : tensor.getDoubleDataCount();
    if (stored != values.length || tensor.getExternalDataCount() > 0) {
      throw new OnnxRefusal(
          OnnxProblem.TENSOR_DATA.at(
              where, "it stores %d elements of %d".formatted(stored, values.length), EXPORT_FIX));
    }
    ByteBuffer bytes = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.hasRawData() ? bytes.getDouble(i * Double.BYTES) : tensor.getDoubleData(i);
    }
    return values;
  }

  private static OnnxRefusal wrongSize(String where, long bytes, TensorType type) {
    return new OnnxRefusal(
        OnnxProblem.TENSOR_DATA.at(
            where,
            "its data have %d bytes, its type %s[%s] needs %d"
                .formatted(bytes, type.element().label(), type.shape(), type.bytes()),
            EXPORT_FIX));
  }

  /// Elements stored one by one.
  private static byte[] typed(TensorProto tensor, ElementType element, int count, String where) {
    int stored =
        switch (element) {
          case FLOAT32 -> tensor.getFloatDataCount();
          case INT64 -> tensor.getInt64DataCount();
          default -> tensor.getInt32DataCount();
        };
    if (stored != count) {
      throw new OnnxRefusal(
          OnnxProblem.TENSOR_DATA.at(
              where, "it stores %d elements of %d".formatted(stored, count), EXPORT_FIX));
    }
    ByteBuffer bytes =
        ByteBuffer.allocate((int) element.bytes(count)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (element) {
        case FLOAT32 -> bytes.putFloat(tensor.getFloatData(i));
        case INT64 -> bytes.putLong(tensor.getInt64Data(i));
        case INT32 -> bytes.putInt(tensor.getInt32Data(i));
        case INT16, FLOAT16 -> bytes.putShort((short) tensor.getInt32Data(i));
        case INT8, UINT8, BOOL, INT4 -> bytes.put((byte) tensor.getInt32Data(i));
      }
    }
    return bytes.array();
  }

  /// `text` of the file as it may stand in messages.
  static String text(ByteString text) {
    return OnnxNames.printable(text.toStringUtf8());
  }
}
