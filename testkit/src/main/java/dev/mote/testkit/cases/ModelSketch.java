package dev.mote.testkit.cases;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.mote.frontends.tflite.schema.BufferT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.BuiltinOptionsUnion;
import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.ModelT;
import dev.mote.frontends.tflite.schema.OperatorCodeT;
import dev.mote.frontends.tflite.schema.OperatorT;
import dev.mote.frontends.tflite.schema.QuantizationParametersT;
import dev.mote.frontends.tflite.schema.SubGraphT;
import dev.mote.frontends.tflite.schema.TensorT;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A TFLite model under construction: one subgraph, its tensors numbered in order of creation.
public final class ModelSketch {

  /// In place of an optional input that is absent.
  public static final int ABSENT = -1;

  private record Input(TensorType type, Values values) {}

  private final ModelT model = new ModelT();
  private final List<TensorT> tensors = new ArrayList<>();
  private final List<BufferT> buffers = new ArrayList<>();
  private final List<OperatorCodeT> codes = new ArrayList<>();
  private final List<OperatorT> operators = new ArrayList<>();
  private final List<Integer> inputs = new ArrayList<>();
  private final List<Integer> outputs = new ArrayList<>();
  private final List<Input> drawn = new ArrayList<>();
  private final List<String> descriptions = new ArrayList<>();

  public ModelSketch() {
    // By convention buffer 0 is the empty one.
    buffers.add(new BufferT());
  }

  /// A tensor that the caller fills with `values`.
  public int input(TensorType type, Values values) {
    int tensor = activation(type);
    inputs.add(tensor);
    drawn.add(new Input(type, values));
    return tensor;
  }

  /// A tensor that an operator computes.
  public int activation(TensorType type) {
    return add(elementCode(type.element()), Optional.of(type), 0);
  }

  /// A tensor with fixed contents.
  public int constant(TensorType type, byte[] bytes) {
    BufferT buffer = new BufferT();
    int[] data = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      data[i] = Byte.toUnsignedInt(bytes[i]);
    }
    buffer.setData(data);
    buffers.add(buffer);
    return add(elementCode(type.element()), Optional.of(type), buffers.size() - 1);
  }

  /// A state tensor.
  public int variable(TensorType type) {
    int tensor = activation(type);
    tensors.get(tensor).setIsVariable(true);
    return tensor;
  }

  /// A handle of a resource variable.
  public int resource() {
    return add(dev.mote.frontends.tflite.schema.TensorType.RESOURCE, Optional.empty(), 0);
  }

  /// Makes `tensor` an output of the model, after those before.
  public void output(int tensor) {
    outputs.add(tensor);
  }

  /// Adds an operator.
  ///
  /// @param builtin a constant of [BuiltinOperator]
  /// @param options an object of the schema's options classes (`AddOptionsT`), if any
  public void operator(
      int builtin, Optional<Object> options, List<Integer> operands, List<Integer> results) {
    OperatorT operator = new OperatorT();
    operator.setOpcodeIndex(code(builtin));
    operator.setInputs(array(operands));
    operator.setOutputs(array(results));
    options.ifPresent(
        value -> {
          BuiltinOptionsUnion union = new BuiltinOptionsUnion();
          union.setType(optionsCode(value));
          union.setValue(value);
          operator.setBuiltinOptions(union);
        });
    operators.add(operator);
    descriptions.add(
        BuiltinOperator.name(builtin)
            + "("
            + operands.stream().map(this::describe).collect(Collectors.joining(", "))
            + ") -> "
            + results.stream().map(this::describe).collect(Collectors.joining(", ")));
  }

  /// The last operator that was added, for what [#operator] does not offer.
  public OperatorT lastOperator() {
    return operators.getLast();
  }

  /// Tensor number `tensor` of the schema, for what [#activation] does not offer.
  public TensorT tensor(int tensor) {
    return tensors.get(tensor);
  }

  /// One set of inputs, in the model's order.
  List<Blob> drawInputs(CaseRandom random) {
    return drawn.stream().map(input -> Blob.of(input.values().draw(random, input.type()))).toList();
  }

  /// The operators with their tensors' types.
  public String describe() {
    return String.join("; ", descriptions);
  }

  /// The bytes of the `.tflite` file.
  public byte[] build() {
    SubGraphT graph = new SubGraphT();
    graph.setName("main");
    graph.setTensors(tensors.toArray(TensorT[]::new));
    graph.setInputs(array(inputs));
    graph.setOutputs(array(outputs));
    graph.setOperators(operators.toArray(OperatorT[]::new));
    model.setVersion(3);
    model.setDescription("operator case");
    model.setOperatorCodes(codes.toArray(OperatorCodeT[]::new));
    model.setSubgraphs(new SubGraphT[] {graph});
    model.setBuffers(buffers.toArray(BufferT[]::new));
    FlatBufferBuilder builder = new FlatBufferBuilder(1024);
    Model.finishModelBuffer(builder, Model.pack(builder, model));
    return builder.sizedByteArray();
  }

  private int code(int builtin) {
    for (int i = 0; i < codes.size(); i++) {
      if (codes.get(i).getBuiltinCode() == builtin) {
        return i;
      }
    }
    OperatorCodeT code = new OperatorCodeT();
    code.setBuiltinCode(builtin);
    code.setDeprecatedBuiltinCode((byte) Math.min(builtin, 127));
    code.setVersion(1);
    codes.add(code);
    return codes.size() - 1;
  }

  private int add(byte elementCode, Optional<TensorType> type, int buffer) {
    TensorT tensor = new TensorT();
    tensor.setName("t" + tensors.size());
    tensor.setType(elementCode);
    tensor.setShape(array(type.map(t -> t.shape().dims()).orElse(List.of())));
    tensor.setBuffer(buffer);
    tensor.setHasRank(true);
    type.ifPresent(t -> quantize(tensor, t.quantization()));
    tensors.add(tensor);
    return tensors.size() - 1;
  }

  private static void quantize(TensorT tensor, Quantization quantization) {
    QuantizationParametersT parameters = new QuantizationParametersT();
    switch (quantization) {
      case Quantization.None _ -> {
        return;
      }
      case Quantization.PerTensor p -> {
        parameters.setScale(new float[] {p.scale()});
        parameters.setZeroPoint(new long[] {p.zeroPoint()});
      }
      case Quantization.PerChannel p -> {
        float[] scales = new float[p.scales().size()];
        for (int i = 0; i < scales.length; i++) {
          scales[i] = p.scales().get(i);
        }
        parameters.setScale(scales);
        parameters.setZeroPoint(new long[scales.length]);
        parameters.setQuantizedDimension(p.axis());
      }
    }
    tensor.setQuantization(parameters);
  }

  private String describe(int index) {
    if (index == ABSENT) {
      return "absent";
    }
    TensorT tensor = tensors.get(index);
    String shape =
        Arrays.stream(tensor.getShape()).mapToObj(String::valueOf).collect(Collectors.joining("x"));
    String text =
        dev.mote.frontends.tflite.schema.TensorType.name(tensor.getType()) + "[" + shape + "]";
    QuantizationParametersT q = tensor.getQuantization();
    if (q == null) {
      return text;
    }
    return q.getScale().length == 1
        ? text + " (q - " + q.getZeroPoint()[0] + ") * " + q.getScale()[0]
        : text + " per channel " + q.getQuantizedDimension();
  }

  private static byte optionsCode(Object options) {
    String name = options.getClass().getSimpleName();
    String union = name.substring(0, name.length() - 1);
    int code = Arrays.asList(BuiltinOptions.names).indexOf(union);
    if (code < 0) {
      throw new IllegalArgumentException(name + " is no class of built-in options");
    }
    return (byte) code;
  }

  private static byte elementCode(ElementType element) {
    return switch (element) {
      case INT4 -> dev.mote.frontends.tflite.schema.TensorType.INT4;
      case INT8 -> dev.mote.frontends.tflite.schema.TensorType.INT8;
      case UINT8 -> dev.mote.frontends.tflite.schema.TensorType.UINT8;
      case INT16 -> dev.mote.frontends.tflite.schema.TensorType.INT16;
      case INT32 -> dev.mote.frontends.tflite.schema.TensorType.INT32;
      case INT64 -> dev.mote.frontends.tflite.schema.TensorType.INT64;
      case BOOL -> dev.mote.frontends.tflite.schema.TensorType.BOOL;
      case FLOAT16 -> dev.mote.frontends.tflite.schema.TensorType.FLOAT16;
      case FLOAT32 -> dev.mote.frontends.tflite.schema.TensorType.FLOAT32;
    };
  }

  private static int[] array(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
