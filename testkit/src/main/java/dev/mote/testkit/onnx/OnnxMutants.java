package dev.mote.testkit.onnx;

import com.google.protobuf.ByteString;
import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.StringStringEntryProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorShapeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TypeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Random;

/// Makes broken files of a good model: the same ones for the same seed. One in three is damaged as
/// bytes, the others are sound messages that lie.
final class OnnxMutants {

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    7,
    8,
    64,
    255,
    65_536,
    1 << 30,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    -5
  };

  private static final float[] REALS = {
    0, 1, -1, 0.5f, 1e30f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE
  };

  private static final List<String> OPERATORS =
      List.of(
          "Add",
          "Conv",
          "MatMul",
          "Reshape",
          "Concat",
          "Slice",
          "Pad",
          "Loop",
          "Gather",
          "Tile",
          "TopK",
          "Scaler",
          "LabelEncoder",
          "TreeEnsembleRegressor",
          "ArrayFeatureExtractor");

  private final ModelProto model;

  OnnxMutants(ModelProto model) {
    this.model = model;
  }

  byte[] mutant(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    if (random.nextInt(3) == 0) {
      return damaged(model.toByteArray(), random);
    }
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      lie(graph, random);
    }
    ModelProto.Builder mutant = model.toBuilder().setGraph(graph);
    if (random.nextInt(10) == 0 && mutant.getOpsetImportCount() > 0) {
      mutant.setOpsetImport(0, mutant.getOpsetImport(0).toBuilder().setVersion(random.nextInt(25)));
    }
    return mutant.build().toByteArray();
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] result = bytes.clone();
    switch (random.nextInt(3)) {
      case 0 -> {
        return java.util.Arrays.copyOf(result, random.nextInt(result.length));
      }
      case 1 -> {
        for (int i = random.nextInt(8); i >= 0; i--) {
          result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      default -> {
        int length = 1 + random.nextInt(Math.min(64, result.length));
        int from = random.nextInt(result.length - length + 1);
        int to = random.nextInt(result.length - length + 1);
        System.arraycopy(bytes, from, result, to, length);
      }
    }
    return result;
  }

  private static void lie(GraphProto.Builder graph, Random random) {
    if (random.nextInt(4) == 0 && graph.getInputCount() > 0) {
      int i = random.nextInt(graph.getInputCount());
      graph.setInput(i, retyped(graph.getInput(i), random));
    } else if (random.nextInt(4) == 0 && graph.getInitializerCount() > 0) {
      int i = random.nextInt(graph.getInitializerCount());
      TensorProto.Builder tensor = graph.getInitializer(i).toBuilder();
      tensor(tensor, random);
      graph.setInitializer(i, tensor);
    } else if (graph.getNodeCount() > 0) {
      int i = random.nextInt(graph.getNodeCount());
      NodeProto.Builder node = graph.getNode(i).toBuilder();
      node(graph, node, random);
      graph.setNode(i, node);
    }
  }

  private static ValueInfoProto retyped(ValueInfoProto value, Random random) {
    TypeProto.Tensor.Builder tensor = value.getType().getTensorType().toBuilder();
    TensorShapeProto.Builder shape = tensor.getShape().toBuilder();
    switch (random.nextInt(4)) {
      case 0 -> tensor.setElemType(random.nextInt(20));
      case 1 -> shape.addDim(dimension(random));
      case 2 -> shape.clearDim();
      default -> {
        if (shape.getDimCount() > 0) {
          shape.setDim(random.nextInt(shape.getDimCount()), dimension(random));
        }
      }
    }
    return value.toBuilder()
        .setType(TypeProto.newBuilder().setTensorType(tensor.setShape(shape)))
        .build();
  }

  private static TensorShapeProto.Dimension dimension(Random random) {
    return TensorShapeProto.Dimension.newBuilder().setDimValue(number(random)).build();
  }

  private static void tensor(TensorProto.Builder tensor, Random random) {
    switch (random.nextInt(5)) {
      case 0 -> tensor.setDataType(random.nextInt(20));
      case 1 -> tensor.addDims(number(random));
      case 2 -> tensor.setRawData(ByteString.copyFrom(new byte[random.nextInt(64)]));
      case 3 ->
          tensor
              .setDataLocation(TensorProto.DataLocation.EXTERNAL)
              .addExternalData(
                  StringStringEntryProto.newBuilder()
                      .setKey("location")
                      .setValue("../../../etc/passwd"));
      default -> {
        for (int i = 0; i < tensor.getInt64DataCount(); i++) {
          tensor.setInt64Data(i, number(random));
        }
      }
    }
  }

  private static void node(GraphProto.Builder graph, NodeProto.Builder node, Random random) {
    switch (random.nextInt(6)) {
      case 0 -> node.setOpType(OPERATORS.get(random.nextInt(OPERATORS.size())));
      case 1 -> {
        if (node.getInputCount() > 0) {
          // A value of anywhere, the node's own result among them: a cycle.
          NodeProto other = graph.getNode(random.nextInt(graph.getNodeCount()));
          String name = other.getOutputCount() > 0 ? other.getOutput(0) : "nothing";
          node.setInput(random.nextInt(node.getInputCount()), name);
        }
      }
      case 2 -> node.addOutput(random.nextBoolean() ? "extra" : node.getName());
      case 3 -> node.clearInput();
      default -> {
        if (node.getAttributeCount() > 0) {
          int i = random.nextInt(node.getAttributeCount());
          AttributeProto.Builder attribute = node.getAttribute(i).toBuilder();
          attribute(attribute, random);
          node.setAttribute(i, attribute);
        }
      }
    }
  }

  private static void attribute(AttributeProto.Builder attribute, Random random) {
    attribute.setI(number(random));
    attribute.setF(random.nextBoolean() ? Float.NaN : random.nextFloat());
    if (attribute.getIntsCount() > 0) {
      attribute.setInts(random.nextInt(attribute.getIntsCount()), number(random));
    }
    if (random.nextInt(4) == 0) {
      attribute.addInts(number(random));
    }
    if (attribute.getFloatsCount() > 0) {
      int i = random.nextInt(attribute.getFloatsCount());
      attribute.setFloats(i, REALS[random.nextInt(REALS.length)]);
      if (random.nextInt(4) == 0) {
        attribute.addFloats(1);
      }
    }
    if (attribute.getStringsCount() > 1) {
      attribute.setStrings(
          random.nextInt(attribute.getStringsCount()),
          attribute.getStrings(random.nextInt(attribute.getStringsCount())));
    }
    if (attribute.hasT()) {
      TensorProto.Builder tensor = attribute.getT().toBuilder();
      tensor(tensor, random);
      attribute.setT(tensor);
    }
    if (attribute.hasG()) {
      GraphProto.Builder body = attribute.getG().toBuilder();
      lie(body, random);
      attribute.setG(body);
    }
  }

  private static long number(Random random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }
}
