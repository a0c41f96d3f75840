package dev.mote.example.fashion;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.mote.frontends.tflite.schema.BufferT;
import dev.mote.frontends.tflite.schema.BuiltinOptionsUnion;
import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.ModelT;
import dev.mote.frontends.tflite.schema.OperatorCodeT;
import dev.mote.frontends.tflite.schema.OperatorT;
import dev.mote.frontends.tflite.schema.QuantizationParametersT;
import dev.mote.frontends.tflite.schema.SubGraphT;
import dev.mote.frontends.tflite.schema.TensorT;
import dev.mote.frontends.tflite.schema.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A TFLite file of one subgraph under construction; tensors are numbered as they are added.
final class TfliteFile {

  private final ModelT model = new ModelT();
  private final List<TensorT> tensors = new ArrayList<>();
  private final List<BufferT> buffers = new ArrayList<>();
  private final List<OperatorCodeT> codes = new ArrayList<>();
  private final List<OperatorT> operators = new ArrayList<>();
  private int input;
  private int output;

  TfliteFile(String description) {
    model.setVersion(3);
    model.setDescription(description);
    // By convention buffer 0 is the empty one.
    buffers.add(new BufferT());
  }

  /// An int8 tensor that is computed.
  int activation(String name, float scale, int zeroPoint, int... shape) {
    TensorT tensor = tensor(name, TensorType.INT8, shape);
    tensor.setQuantization(quantization(new float[] {scale}, zeroPoint));
    return add(tensor, 0);
  }

  /// A float tensor that is computed.
  int real(String name, int... shape) {
    return add(tensor(name, TensorType.FLOAT32, shape), 0);
  }

  /// A float constant.
  int constant(String name, byte[] bytes, int... shape) {
    return add(tensor(name, TensorType.FLOAT32, shape), buffer(bytes));
  }

  /// Constant int8 weights, with one scale, or one per slice along `axis`.
  int weights(String name, byte[] bytes, float[] scales, int axis, int... shape) {
    TensorT tensor = tensor(name, TensorType.INT8, shape);
    tensor.setQuantization(quantization(scales, 0));
    tensor.getQuantization().setQuantizedDimension(scales.length == 1 ? 0 : axis);
    return add(tensor, buffer(bytes));
  }

  /// A constant int32 bias, with one scale or one per element.
  int bias(String name, byte[] bytes, float[] scales) {
    TensorT tensor = tensor(name, TensorType.INT32, bytes.length / 4);
    tensor.setQuantization(quantization(scales, 0));
    return add(tensor, buffer(bytes));
  }

  /// Constant plain integers.
  int integers(String name, int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return add(tensor(name, TensorType.INT32, values.length), buffer(bytes.array()));
  }

  /// Makes `tensor` the input of the model.
  void input(int tensor) {
    input = tensor;
  }

  /// Makes `tensor` the output of the model.
  void output(int tensor) {
    output = tensor;
  }

  /// Adds an operator of one result.
  void operator(
      int builtin, int version, byte optionsType, Object options, int result, int... operands) {
    BuiltinOptionsUnion union = new BuiltinOptionsUnion();
    union.setType(optionsType);
    union.setValue(options);
    OperatorT operator = new OperatorT();
    operator.setOpcodeIndex(code(builtin, version));
    operator.setInputs(operands);
    operator.setOutputs(new int[] {result});
    operator.setBuiltinOptions(union);
    operators.add(operator);
  }

  /// The bytes of the file.
  byte[] build() {
    SubGraphT graph = new SubGraphT();
    graph.setName("main");
    graph.setTensors(tensors.toArray(TensorT[]::new));
    graph.setInputs(new int[] {input});
    graph.setOutputs(new int[] {output});
    graph.setOperators(operators.toArray(OperatorT[]::new));
    model.setOperatorCodes(codes.toArray(OperatorCodeT[]::new));
    model.setSubgraphs(new SubGraphT[] {graph});
    model.setBuffers(buffers.toArray(BufferT[]::new));
    FlatBufferBuilder builder = new FlatBufferBuilder(1024);
    Model.finishModelBuffer(builder, Model.pack(builder, model));
    return builder.sizedByteArray();
  }

  private static TensorT tensor(String name, byte type, int... shape) {
    TensorT tensor = new TensorT();
    tensor.setName(name);
    tensor.setType(type);
    tensor.setShape(shape);
    tensor.setHasRank(true);
    return tensor;
  }

  private static QuantizationParametersT quantization(float[] scales, int zeroPoint) {
    QuantizationParametersT quantization = new QuantizationParametersT();
    long[] zeroPoints = new long[scales.length];
    zeroPoints[0] = zeroPoint;
    quantization.setScale(scales);
    quantization.setZeroPoint(zeroPoints);
    return quantization;
  }

  private int add(TensorT tensor, int buffer) {
    tensor.setBuffer(buffer);
    tensors.add(tensor);
    return tensors.size() - 1;
  }

  private int buffer(byte[] bytes) {
    int[] data = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      data[i] = Byte.toUnsignedInt(bytes[i]);
    }
    BufferT buffer = new BufferT();
    buffer.setData(data);
    buffers.add(buffer);
    return buffers.size() - 1;
  }

  private int code(int builtin, int version) {
    for (int i = 0; i < codes.size(); i++) {
      if (codes.get(i).getBuiltinCode() == builtin) {
        return i;
      }
    }
    OperatorCodeT code = new OperatorCodeT();
    code.setBuiltinCode(builtin);
    code.setDeprecatedBuiltinCode((byte) Math.min(builtin, 127));
    code.setVersion(version);
    codes.add(code);
    return codes.size() - 1;
  }
}
