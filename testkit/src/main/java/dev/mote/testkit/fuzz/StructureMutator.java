package dev.mote.testkit.fuzz;

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
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Changes what a model says and leaves the file well-formed: shapes, types, scales, operands,
/// attributes and the order of operators.
final class StructureMutator {

  private static final int MOST_MUTATIONS = 3;

  private static final int[] DIMENSIONS = {
    0,
    1,
    2,
    3,
    5,
    7,
    16,
    255,
    256,
    1 << 15,
    1 << 16,
    1 << 20,
    1 << 28,
    Integer.MAX_VALUE,
    -1,
    -2,
    Integer.MIN_VALUE
  };

  private static final float[] SCALES = {
    0f,
    -1f,
    1f,
    0.5f,
    1e-30f,
    1e30f,
    Float.MIN_VALUE,
    Float.MAX_VALUE,
    Float.NaN,
    Float.POSITIVE_INFINITY
  };

  private static final long[] ZERO_POINTS = {
    0, 1, -1, 127, 128, -128, -129, 255, 32767, -32768, Integer.MAX_VALUE, Long.MIN_VALUE
  };

  private final Random random;

  StructureMutator(Random random) {
    this.random = random;
  }

  byte[] mutate(byte[] original) {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(original)).unpack();
    int count = 1 + random.nextInt(MOST_MUTATIONS);
    for (int i = 0; i < count; i++) {
      change(model);
    }
    FlatBufferBuilder builder = new FlatBufferBuilder(original.length + 1024);
    Model.finishModelBuffer(builder, Model.pack(builder, model));
    return builder.sizedByteArray();
  }

  private void change(ModelT model) {
    SubGraphT graph = model.getSubgraphs()[0];
    TensorT tensor = pick(graph.getTensors());
    switch (random.nextInt(14)) {
      case 0, 1 -> tensor.setShape(bent(tensor.getShape()));
      case 2 -> tensor.setShapeSignature(bent(tensor.getShape()));
      case 3 -> tensor.setType((byte) random.nextInt(random.nextInt(8) == 0 ? 128 : 19));
      case 4 -> tensor.setBuffer(random.nextInt(model.getBuffers().length + 1));
      case 5, 6 -> quantize(tensor);
      case 7 -> {
        tensor.setIsVariable(!tensor.getIsVariable());
        tensor.setName(random.nextBoolean() ? "" : pick(graph.getTensors()).getName());
      }
      case 8 -> graph.setInputs(indices(graph.getInputs(), graph));
      case 9 -> graph.setOutputs(indices(graph.getOutputs(), graph));
      case 10 -> operators(graph);
      case 11 -> {
        OperatorCodeT code = pick(model.getOperatorCodes());
        code.setBuiltinCode(random.nextInt(random.nextInt(8) == 0 ? Integer.MAX_VALUE : 160));
      }
      case 12 -> buffer(pick(model.getBuffers()));
      default -> operator(graph);
    }
  }

  private void operator(SubGraphT graph) {
    if (graph.getOperators().length == 0) {
      return;
    }
    OperatorT operator = pick(graph.getOperators());
    switch (random.nextInt(4)) {
      case 0 -> operator.setInputs(indices(operator.getInputs(), graph));
      case 1 -> operator.setOutputs(indices(operator.getOutputs(), graph));
      default -> {
        BuiltinOptionsUnion options = operator.getBuiltinOptions();
        if (options == null || options.getValue() == null || random.nextInt(8) == 0) {
          operator.setBuiltinOptions(pick(graph.getOperators()).getBuiltinOptions());
        } else {
          attribute(options.getValue());
        }
      }
    }
  }

  /// Another number for one of the attributes, whatever they are.
  private void attribute(Object options) {
    List<Method> setters = new ArrayList<>();
    for (Method method : options.getClass().getMethods()) {
      if (method.getName().startsWith("set") && method.getParameterCount() == 1) {
        setters.add(method);
      }
    }
    if (setters.isEmpty()) {
      return;
    }
    setters.sort(java.util.Comparator.comparing(Method::getName));
    Method setter = setters.get(random.nextInt(setters.size()));
    Class<?> type = setter.getParameterTypes()[0];
    try {
      if (type == int.class) {
        setter.invoke(options, DIMENSIONS[random.nextInt(DIMENSIONS.length)]);
      } else if (type == byte.class) {
        setter.invoke(options, (byte) (random.nextInt(9) - 1));
      } else if (type == boolean.class) {
        setter.invoke(options, random.nextBoolean());
      } else if (type == float.class) {
        setter.invoke(options, SCALES[random.nextInt(SCALES.length)]);
      } else if (type == int[].class) {
        setter.invoke(options, (Object) bent(new int[] {1, random.nextInt(4), -1}));
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new AssertionError("a setter of the generated classes", e);
    }
  }

  private void operators(SubGraphT graph) {
    OperatorT[] operators = graph.getOperators();
    if (operators.length == 0) {
      return;
    }
    int i = random.nextInt(operators.length);
    int j = random.nextInt(operators.length);
    OperatorT first = operators[i];
    operators[i] = operators[j];
    if (random.nextBoolean()) {
      operators[j] = first;
    }
  }

  private void buffer(BufferT buffer) {
    int[] data = buffer.getData();
    switch (random.nextInt(4)) {
      case 0 -> {
        buffer.setOffset(random.nextInt(1000));
        buffer.setSize(random.nextInt(1000));
      }
      case 1 -> buffer.setData(new int[random.nextInt(64)]);
      default -> {
        for (int i = 0; data != null && data.length > 0 && i < 4; i++) {
          data[random.nextInt(data.length)] = random.nextInt(256);
        }
      }
    }
  }

  private void quantize(TensorT tensor) {
    QuantizationParametersT parameters = tensor.getQuantization();
    if (parameters == null || random.nextInt(6) == 0) {
      tensor.setQuantization(random.nextBoolean() ? null : new QuantizationParametersT());
      return;
    }
    switch (random.nextInt(4)) {
      case 0 -> parameters.setScale(scales(parameters.getScale()));
      case 1 -> parameters.setZeroPoint(zeroPoints(parameters.getZeroPoint()));
      case 2 -> parameters.setQuantizedDimension(DIMENSIONS[random.nextInt(DIMENSIONS.length)]);
      default -> parameters.setScale(new float[random.nextInt(5)]);
    }
  }

  private float[] scales(float[] scales) {
    float[] changed = scales == null || scales.length == 0 ? new float[1] : scales.clone();
    changed[random.nextInt(changed.length)] = SCALES[random.nextInt(SCALES.length)];
    return changed;
  }

  private long[] zeroPoints(long[] zeroPoints) {
    long[] changed =
        zeroPoints == null || zeroPoints.length == 0 ? new long[1] : zeroPoints.clone();
    changed[random.nextInt(changed.length)] = ZERO_POINTS[random.nextInt(ZERO_POINTS.length)];
    return changed;
  }

  private int[] bent(int[] dims) {
    int[] bent = dims == null ? new int[0] : dims.clone();
    switch (random.nextInt(5)) {
      case 0 -> bent = java.util.Arrays.copyOf(bent, random.nextInt(7));
      case 1 -> {
        for (int i = 0; i + 1 < bent.length; i++) {
          int j = i + random.nextInt(bent.length - i);
          int dim = bent[i];
          bent[i] = bent[j];
          bent[j] = dim;
        }
      }
      default -> {
        if (bent.length > 0) {
          bent[random.nextInt(bent.length)] = DIMENSIONS[random.nextInt(DIMENSIONS.length)];
        }
      }
    }
    return bent;
  }

  private int[] indices(int[] indices, SubGraphT graph) {
    int[] changed = indices == null ? new int[0] : indices.clone();
    if (random.nextInt(4) == 0) {
      changed = java.util.Arrays.copyOf(changed, random.nextInt(changed.length + 3));
    }
    if (changed.length > 0) {
      changed[random.nextInt(changed.length)] =
          random.nextInt(6) == 0
              ? DIMENSIONS[random.nextInt(DIMENSIONS.length)]
              : random.nextInt(graph.getTensors().length);
    }
    return changed;
  }

  private <T> T pick(T[] from) {
    return from[random.nextInt(from.length)];
  }
}
