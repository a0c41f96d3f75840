package dev.mote.frontends.tflite;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.mote.frontends.tflite.schema.BufferT;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.BuiltinOptionsUnion;
import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.ModelT;
import dev.mote.frontends.tflite.schema.OperatorCodeT;
import dev.mote.frontends.tflite.schema.OperatorT;
import dev.mote.frontends.tflite.schema.QuantizationParametersT;
import dev.mote.frontends.tflite.schema.SignatureDefT;
import dev.mote.frontends.tflite.schema.SubGraphT;
import dev.mote.frontends.tflite.schema.TensorMapT;
import dev.mote.frontends.tflite.schema.TensorT;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.plugin.ModelReader.Options;
import dev.mote.plugin.ModelReader.Result;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A TFLite model under construction, one line per tensor and operator; what is drafted may be
/// wrong. Tensors are numbered in the order in which they are added.
final class DraftModel {

  final ModelT model = new ModelT();
  final SubGraphT graph = new SubGraphT();
  private final List<TensorT> tensors = new ArrayList<>();
  private final List<OperatorT> operators = new ArrayList<>();
  private final List<OperatorCodeT> codes = new ArrayList<>();
  private final List<BufferT> buffers = new ArrayList<>(List.of(new BufferT()));

  DraftModel() {
    model.setVersion(3);
    graph.setInputs(new int[0]);
    graph.setOutputs(new int[0]);
  }

  DraftModel tensor(String name, byte type, int... shape) {
    TensorT tensor = new TensorT();
    tensor.setName(name);
    tensor.setType(type);
    tensor.setShape(shape);
    tensors.add(tensor);
    return this;
  }

  /// Contents of the last tensor.
  DraftModel data(byte... bytes) {
    BufferT buffer = new BufferT();
    int[] data = new int[bytes.length];
    Arrays.setAll(data, i -> Byte.toUnsignedInt(bytes[i]));
    buffer.setData(data);
    buffers.add(buffer);
    last().setBuffer(buffers.size() - 1);
    return this;
  }

  /// Contents of the last tensor as int32.
  DraftModel ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return data(bytes.array());
  }

  /// Scale and zero point of the last tensor.
  DraftModel quantized(double scale, long zeroPoint) {
    QuantizationParametersT parameters = new QuantizationParametersT();
    parameters.setScale(new float[] {(float) scale});
    parameters.setZeroPoint(new long[] {zeroPoint});
    last().setQuantization(parameters);
    return this;
  }

  /// The last tensor, for what has no method.
  TensorT last() {
    return tensors.getLast();
  }

  BufferT lastBuffer() {
    return buffers.getLast();
  }

  OperatorCodeT lastCode() {
    return codes.getLast();
  }

  /// Adds an operator; `options` may be null.
  DraftModel operator(int builtin, @Nullable Object options, int[] inputs, int... outputs) {
    OperatorCodeT code = new OperatorCodeT();
    code.setBuiltinCode(builtin);
    code.setDeprecatedBuiltinCode((byte) Math.min(builtin, 127));
    codes.add(code);
    OperatorT operator = new OperatorT();
    operator.setOpcodeIndex(codes.size() - 1);
    operator.setInputs(inputs);
    operator.setOutputs(outputs);
    if (options != null) {
      String name = options.getClass().getSimpleName();
      BuiltinOptionsUnion union = new BuiltinOptionsUnion();
      union.setType(
          (byte) Arrays.asList(BuiltinOptions.names).indexOf(name.substring(0, name.length() - 1)));
      union.setValue(options);
      operator.setBuiltinOptions(union);
    }
    operators.add(operator);
    return this;
  }

  static int[] of(int... indices) {
    return indices;
  }

  DraftModel inputs(int... indices) {
    graph.setInputs(indices);
    return this;
  }

  DraftModel outputs(int... indices) {
    graph.setOutputs(indices);
    return this;
  }

  DraftModel signature(String key, Map<String, Integer> inputs, Map<String, Integer> outputs) {
    SignatureDefT signature = new SignatureDefT();
    signature.setSignatureKey(key);
    signature.setInputs(maps(inputs));
    signature.setOutputs(maps(outputs));
    model.setSignatureDefs(new SignatureDefT[] {signature});
    return this;
  }

  private static TensorMapT[] maps(Map<String, Integer> names) {
    return names.entrySet().stream()
        .map(
            e -> {
              TensorMapT map = new TensorMapT();
              map.setName(e.getKey());
              map.setTensorIndex(e.getValue());
              return map;
            })
        .toArray(TensorMapT[]::new);
  }

  byte[] bytes() {
    graph.setTensors(tensors.toArray(TensorT[]::new));
    graph.setOperators(operators.toArray(OperatorT[]::new));
    model.setOperatorCodes(codes.toArray(OperatorCodeT[]::new));
    model.setSubgraphs(new SubGraphT[] {graph});
    model.setBuffers(buffers.toArray(BufferT[]::new));
    FlatBufferBuilder builder = new FlatBufferBuilder(1024);
    Model.finishModelBuffer(builder, Model.pack(builder, model));
    return builder.sizedByteArray();
  }

  Graph read() {
    return read(Options.standard());
  }

  Graph read(Options options) {
    return switch (result(bytes(), options)) {
      case Result.Model(Graph read) -> read;
      case Result.Refused refused -> throw new AssertionError(refused.problems().toString());
    };
  }

  /// The nodes and border of the graph as text, without tensors.
  String nodes(Options options) {
    return GraphText.print(read(options))
        .lines()
        .filter(line -> !line.startsWith("  tensor ") && line.startsWith("  "))
        .map(String::strip)
        .collect(Collectors.joining("\n"));
  }

  /// Everything that is wrong, a message per line pair.
  String problems() {
    return problems(bytes(), Options.standard());
  }

  static String problems(byte[] file, Options options) {
    return switch (result(file, options)) {
      case Result.Model(Graph read) -> "no problems: " + read.nodes();
      case Result.Refused refused ->
          refused.problems().stream().map(String::valueOf).collect(Collectors.joining("\n"));
    };
  }

  private static Result result(byte[] file, Options options) {
    return new TfliteReader().read(Blob.of(file), "m.tflite", options);
  }
}
