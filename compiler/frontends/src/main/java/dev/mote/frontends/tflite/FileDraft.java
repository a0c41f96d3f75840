package dev.mote.frontends.tflite;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.mote.frontends.tflite.schema.Buffer;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.BuiltinOptionsUnion;
import dev.mote.frontends.tflite.schema.Metadata;
import dev.mote.frontends.tflite.schema.MetadataT;
import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.OperatorCode;
import dev.mote.frontends.tflite.schema.OperatorCodeT;
import dev.mote.frontends.tflite.schema.OperatorT;
import dev.mote.frontends.tflite.schema.QuantizationParametersT;
import dev.mote.frontends.tflite.schema.SignatureDef;
import dev.mote.frontends.tflite.schema.SignatureDefT;
import dev.mote.frontends.tflite.schema.SubGraph;
import dev.mote.frontends.tflite.schema.SubGraphT;
import dev.mote.frontends.tflite.schema.TensorT;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A TFLite file of one subgraph under construction; tensors are numbered as they are added.
final class FileDraft {

  /// In place of an optional operand that is absent.
  static final int ABSENT = -1;

  /// Interpreters use constants where they lie in the file, some with wide loads.
  private static final int BUFFER_ALIGNMENT = 16;

  /// By TFLite's convention the text of the version fills this many bytes, the rest zero.
  private static final int RUNTIME_VERSION_BYTES = 16;

  private final List<TensorT> tensors = new ArrayList<>();
  private final Map<Blob, Integer> buffers = new LinkedHashMap<>();
  private final List<OperatorCodeT> codes = new ArrayList<>();
  private final List<OperatorT> operators = new ArrayList<>();

  /// Bytes of all constants, each counted once.
  long constantBytes() {
    return buffers.keySet().stream().mapToLong(Blob::size).sum();
  }

  /// Adds a tensor; returns its number.
  int tensor(String name, TensorType type, Optional<Blob> data, boolean variable) {
    TensorT tensor = handle(name, elementCode(type.element()));
    tensor.setShape(ints(type.shape().dims()));
    tensor.setIsVariable(variable);
    quantization(type.quantization()).ifPresent(tensor::setQuantization);
    data.ifPresent(blob -> tensor.setBuffer(buffer(blob)));
    return tensors.size() - 1;
  }

  /// Adds a handle of a resource variable; returns its number.
  int resource(String name) {
    handle(name, dev.mote.frontends.tflite.schema.TensorType.RESOURCE).setShape(new int[0]);
    return tensors.size() - 1;
  }

  private TensorT handle(String name, byte type) {
    TensorT tensor = new TensorT();
    tensor.setName(name);
    tensor.setType(type);
    tensor.setHasRank(true);
    tensors.add(tensor);
    return tensor;
  }

  /// Adds an operator.
  ///
  /// @param version of the operator, by which runtimes know whether they have it
  /// @param options an object of the schema's options classes (`AddOptionsT`), if any
  /// @return what was added, for what this has no words for
  OperatorT operator(
      int builtin,
      int version,
      Optional<Object> options,
      List<Integer> inputs,
      List<Integer> outputs) {
    OperatorT operator = new OperatorT();
    operator.setOpcodeIndex(code(builtin, version));
    operator.setInputs(ints(inputs));
    operator.setOutputs(ints(outputs));
    options.ifPresent(
        value -> {
          BuiltinOptionsUnion union = new BuiltinOptionsUnion();
          union.setType(optionsCode(value));
          union.setValue(value);
          operator.setBuiltinOptions(union);
        });
    operators.add(operator);
    return operator;
  }

  /// The bytes of the file.
  byte[] build(List<Integer> inputs, List<Integer> outputs, List<SignatureDefT> signatures) {
    Blob oldest = runtimeVersion();
    int versionBuffer = buffer(oldest);
    FlatBufferBuilder builder = new FlatBufferBuilder(1 << 16);
    int[] bufferTables = buffers(builder);
    int[] codeTables = codes.stream().mapToInt(c -> OperatorCode.pack(builder, c)).toArray();
    SubGraphT graph = new SubGraphT();
    graph.setName("main");
    graph.setTensors(tensors.toArray(TensorT[]::new));
    graph.setInputs(ints(inputs));
    graph.setOutputs(ints(outputs));
    graph.setOperators(operators.toArray(OperatorT[]::new));
    MetadataT metadata = new MetadataT();
    metadata.setName("min_runtime_version");
    metadata.setBuffer(versionBuffer);
    int buffersVector = Model.createBuffersVector(builder, bufferTables);
    int codesVector = Model.createOperatorCodesVector(builder, codeTables);
    int graphs = Model.createSubgraphsVector(builder, new int[] {SubGraph.pack(builder, graph)});
    int description = builder.createString("written by Mote");
    int metadataVector =
        Model.createMetadataVector(builder, new int[] {Metadata.pack(builder, metadata)});
    int signatureVector =
        signatures.isEmpty()
            ? 0
            : Model.createSignatureDefsVector(
                builder,
                signatures.stream().mapToInt(s -> SignatureDef.pack(builder, s)).toArray());
    Model.finishModelBuffer(
        builder,
        Model.createModel(
            builder,
            3,
            codesVector,
            graphs,
            description,
            buffersVector,
            0,
            metadataVector,
            signatureVector,
            0,
            0));
    return builder.sizedByteArray();
  }

  /// Tables of the empty buffer, which has number 0, and of those of constants.
  private int[] buffers(FlatBufferBuilder builder) {
    int[] tables = new int[buffers.size() + 1];
    for (Map.Entry<Blob, Integer> entry : buffers.entrySet()) {
      byte[] bytes = entry.getKey().toByteArray();
      builder.startVector(1, bytes.length, BUFFER_ALIGNMENT);
      for (int i = bytes.length - 1; i >= 0; i--) {
        builder.addByte(bytes[i]);
      }
      tables[entry.getValue()] = Buffer.createBuffer(builder, builder.endVector(), 0, 0);
    }
    tables[0] = Buffer.createBuffer(builder, 0, 0, 0);
    return tables;
  }

  private Blob runtimeVersion() {
    String oldest =
        OperatorVersions.oldestRuntime(
            codes.stream()
                .map(c -> new OperatorVersions.Version(c.getBuiltinCode(), c.getVersion()))
                .toList());
    byte[] text = oldest.getBytes(StandardCharsets.US_ASCII);
    return Blob.of(Arrays.copyOf(text, RUNTIME_VERSION_BYTES));
  }

  private int buffer(Blob blob) {
    return buffers.computeIfAbsent(blob, _ -> buffers.size() + 1);
  }

  private int code(int builtin, int version) {
    for (int i = 0; i < codes.size(); i++) {
      if (codes.get(i).getBuiltinCode() == builtin && codes.get(i).getVersion() == version) {
        return i;
      }
    }
    OperatorCodeT code = new OperatorCodeT();
    code.setBuiltinCode(builtin);
    code.setDeprecatedBuiltinCode((byte) Math.min(builtin, Byte.MAX_VALUE));
    code.setVersion(version);
    codes.add(code);
    return codes.size() - 1;
  }

  private static Optional<QuantizationParametersT> quantization(Quantization quantization) {
    QuantizationParametersT parameters = new QuantizationParametersT();
    switch (quantization) {
      case Quantization.None _ -> {
        return Optional.empty();
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
    return Optional.of(parameters);
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

  /// How the schema calls an element type.
  static byte elementCode(ElementType element) {
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

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
