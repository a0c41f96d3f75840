package dev.mote.testkit.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mote.frontends.onnx.OnnxReader;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.differential.HostBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compares what ONNX Runtime, the reference interpreter and emitted C say of many models, the C
/// built at once.
final class RuntimeOracle {

  private record Ready(RuntimeCase source, Graph graph, List<List<Object>> expected) {}

  private final List<String> differences = new ArrayList<>();
  private final List<Ready> ready = new ArrayList<>();
  private final HostBatch batch =
      new HostBatch(Targets.find("host"), Settings.preferring(Compiler.Optimize.BALANCED), true);

  private RuntimeOracle() {}

  /// Everything that is wrong; empty when all agree.
  static List<String> differences(List<RuntimeCase> cases) {
    RuntimeOracle oracle = new RuntimeOracle();
    cases.forEach(oracle::add);
    oracle.compare();
    return oracle.differences;
  }

  private void add(RuntimeCase source) {
    switch (new OnnxReader()
        .read(Blob.of(source.model().toByteArray()), "case.onnx", ModelReader.Options.standard())) {
      case ModelReader.Result.Refused(var problems) ->
          differences.add(source.name() + ": refused: " + problems.getFirst());
      case ModelReader.Result.Model(Graph graph) -> {
        try {
          List<List<Object>> expected = expected(source);
          Optional<String> refusal = batch.add(graph);
          if (refusal.isPresent()) {
            differences.add(source.name() + ": " + refusal.get());
          } else {
            ready.add(new Ready(source, graph, expected));
          }
        } catch (OrtException e) {
          differences.add(source.name() + ": ONNX Runtime: " + e.getMessage());
        }
      }
    }
  }

  private void compare() {
    try (HostBatch.Library library = batch.build()) {
      for (int i = 0; i < ready.size(); i++) {
        Ready model = ready.get(i);
        Interpreter interpreter = new Interpreter(model.graph());
        HostBatch.Session session = library.start(i);
        for (int row = 0; row < model.expected().size(); row++) {
          Map<String, TensorProto> feed = model.source().feeds().get(row);
          List<byte[]> inputs = new ArrayList<>();
          for (String input : model.graph().inputs()) {
            inputs.add(
                TensorValues.bytes(
                    Optional.ofNullable(feed.get(input)).orElseThrow(),
                    model.graph().tensor(input).type()));
          }
          compare(model, row, "interpreter", interpreter.run(inputs));
          compare(model, row, "C", session.run(inputs));
        }
      }
    }
  }

  private void compare(Ready model, int row, String who, List<byte[]> outputs) {
    String place = "%s, row %d, %s".formatted(model.source().name(), row, who);
    List<Object> expected = model.expected().get(row);
    if (outputs.size() != expected.size()) {
      differences.add("%s: %d outputs for %d".formatted(place, outputs.size(), expected.size()));
      return;
    }
    for (int i = 0; i < outputs.size(); i++) {
      Graph graph = model.graph();
      TensorType type = graph.tensor(graph.outputs().get(i)).type();
      Tensor actual =
          Tensor.constant(
              "actual", TensorType.plain(type.element(), type.shape()), Blob.of(outputs.get(i)));
      double[] numbers = numbers(actual);
      String difference = difference(model, expected.get(i), numbers);
      if (!difference.isEmpty()) {
        differences.add("%s, output %d: %s".formatted(place, i, difference));
      }
    }
  }

  private static double[] numbers(Tensor tensor) {
    if (!tensor.element().isFloat()) {
      return java.util.Arrays.stream(tensor.constantIntegers()).asDoubleStream().toArray();
    }
    float[] values = tensor.constantFloats();
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static String difference(Ready model, Object expected, double... actual) {
    if (expected instanceof String[] texts) {
      for (int i = 0; i < texts.length; i++) {
        String name = model.graph().classes().get((int) actual[i]);
        if (!name.equals(texts[i])) {
          return "'%s' for '%s'".formatted(name, texts[i]);
        }
      }
      return texts.length == actual.length ? "" : "has %d elements".formatted(actual.length);
    }
    double[] numbers =
        expected instanceof Map<?, ?> map
            ? model.graph().classes().stream()
                .mapToDouble(name -> map.get(name) instanceof Double number ? number : Double.NaN)
                .toArray()
            : (double[]) expected;
    if (numbers.length != actual.length) {
      return "has %d elements for %d".formatted(actual.length, numbers.length);
    }
    for (int i = 0; i < numbers.length; i++) {
      double e = numbers[i];
      double bound = model.source().absolute() + model.source().relative() * Math.abs(e);
      boolean same = e == actual[i] || Double.compare(e, actual[i]) == 0;
      if (!same && !(Math.abs(e - actual[i]) <= bound)) {
        return "element %d is %s, expected %s".formatted(i, actual[i], e);
      }
    }
    return "";
  }

  // ---- ONNX Runtime ----------------------------------------------------------------------------

  private static List<List<Object>> expected(RuntimeCase source) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    List<List<Object>> rows = new ArrayList<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(source.model().toByteArray(), options)) {
        for (Map<String, TensorProto> feed : source.feeds()) {
          Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
          for (Map.Entry<String, TensorProto> entry : feed.entrySet()) {
            inputs.put(entry.getKey(), tensor(environment, entry.getValue()));
          }
          try (OrtSession.Result result = session.run(inputs)) {
            List<Object> values = new ArrayList<>();
            for (Map.Entry<String, OnnxValue> value : result) {
              values.add(values(value.getValue()));
            }
            rows.add(values);
          }
          inputs.values().forEach(OnnxTensor::close);
        }
      }
    }
    return rows;
  }

  private static OnnxTensor tensor(OrtEnvironment environment, TensorProto tensor)
      throws OrtException {
    long[] dims = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
    ElementType element =
        switch (type) {
          case FLOAT -> ElementType.FLOAT32;
          case INT64 -> ElementType.INT64;
          case INT32 -> ElementType.INT32;
          case BOOL -> ElementType.BOOL;
          case INT8 -> ElementType.INT8;
          case UINT8 -> ElementType.UINT8;
          default -> throw new IllegalArgumentException("no feeds of " + type);
        };
    OnnxJavaType java =
        switch (type) {
          case FLOAT -> OnnxJavaType.FLOAT;
          case INT64 -> OnnxJavaType.INT64;
          case INT32 -> OnnxJavaType.INT32;
          case BOOL -> OnnxJavaType.BOOL;
          case INT8 -> OnnxJavaType.INT8;
          default -> OnnxJavaType.UINT8;
        };
    int[] extents = tensor.getDimsList().stream().mapToInt(Long::intValue).toArray();
    byte[] bytes =
        TensorValues.bytes(tensor, TensorType.plain(element, dev.mote.ir.Shape.of(extents)));
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder()).put(bytes).flip();
    return OnnxTensor.createTensor(environment, buffer, dims, java);
  }

  /// Strings, numbers as doubles, or numbers by the names of their classes.
  private static Object values(OnnxValue value) throws OrtException {
    if (value instanceof OnnxSequence sequence) {
      Map<String, Double> numbers = new LinkedHashMap<>();
      for (OnnxValue item : sequence.getValue()) {
        ((OnnxMap) item)
            .getValue()
            .forEach((key, number) -> numbers.put(key.toString(), ((Number) number).doubleValue()));
      }
      return numbers;
    }
    OnnxTensor tensor = (OnnxTensor) value;
    if (tensor.getInfo().type == OnnxJavaType.STRING) {
      return ((Object[]) tensor.getValue()).length == 0
          ? new String[0]
          : flat(tensor.getValue()).toArray(String[]::new);
    }
    ByteBuffer bytes = tensor.getByteBuffer().order(ByteOrder.nativeOrder());
    int count = (int) tensor.getInfo().getNumElements();
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          switch (tensor.getInfo().type) {
            case FLOAT -> bytes.getFloat(4 * i);
            case INT64 -> bytes.getLong(8 * i);
            case INT32 -> bytes.getInt(4 * i);
            case INT8 -> bytes.get(i);
            case UINT8 -> Byte.toUnsignedInt(bytes.get(i));
            case BOOL -> bytes.get(i) == 0 ? 0 : 1;
            default -> throw new IllegalArgumentException("results of " + tensor.getInfo().type);
          };
    }
    return numbers;
  }

  private static List<String> flat(Object value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof Object[] items) {
      for (Object item : items) {
        texts.addAll(flat(item));
      }
    } else {
      texts.add((String) value);
    }
    return texts;
  }
}
