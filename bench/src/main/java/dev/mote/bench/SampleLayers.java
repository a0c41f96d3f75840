package dev.mote.bench;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// A model of layers that have nothing to do with each other: each kind of layer in shapes that
/// tell apart what a multiply-accumulate, an output, an input and a call of its kernels cost.
///
/// A long file on purpose: the shapes are to be read together.
final class SampleLayers {

  private static final float SCALE = 0.05f;
  private static final float WEIGHT_SCALE = 0.01f;
  private static final int ZERO = -7;

  private final Random random = new Random(1);
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();

  /// Part of the groups of four weights that are zero.
  private double zeroGroups;

  private SampleLayers() {}

  /// The model.
  static Graph graph() {
    SampleLayers samples = new SampleLayers();
    samples.convolutions(ElementType.INT8, ElementType.INT8);
    samples.convolutions(ElementType.INT8, ElementType.INT4);
    samples.convolutions(ElementType.INT16, ElementType.INT8);
    samples.convolutions(ElementType.FLOAT32, ElementType.FLOAT32);
    samples.depthwise(ElementType.INT8);
    samples.depthwise(ElementType.INT16);
    samples.depthwise(ElementType.FLOAT32);
    samples.dense();
    samples.sparse();
    samples.pooling();
    samples.elementwise();
    samples.movement();
    return new Graph(
        "samples",
        samples.tensors,
        samples.nodes,
        samples.inputs,
        samples.outputs,
        List.of(),
        List.of());
  }

  /// `graph` with some of its nodes only.
  static Graph part(Graph graph, List<String> names) {
    List<Node> kept = graph.nodes().stream().filter(n -> names.contains(n.name())).toList();
    Set<String> used = new HashSet<>();
    kept.forEach(
        node -> {
          used.addAll(node.inputs());
          used.addAll(node.outputs());
        });
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    tensors.keySet().retainAll(used);
    return new Graph(
        graph.name(),
        tensors,
        kept,
        graph.inputs().stream().filter(used::contains).toList(),
        graph.outputs().stream().filter(used::contains).toList(),
        List.of(),
        List.of());
  }

  // ---- layers with weights
  // -----------------------------------------------------------------------

  private void convolutions(ElementType element, ElementType weights) {
    boolean main = element == ElementType.INT8 && weights == ElementType.INT8;
    boolean narrow = weights == ElementType.INT4;
    int[][] pointwise = {
      {12, 12, 16, 16},
      {2, 2, 4, 4},
      {8, 8, 64, 32},
      {6, 6, 8, 64},
      {1, 16, 128, 24},
      {4, 24, 24, 8},
      {2, 3, 32, 128},
      {1, 1, 16, 8},
      {3, 5, 12, 7},
      {1, 5, 64, 64},
      {1, 48, 8, 16},
      {1, 3, 256, 128},
      {3, 3, 128, 128},
      {1, 24, 16, 32},
      {1, 10, 3, 8},
      {1, 1, 64, 16},
      {1, 1, 128, 64},
      {1, 1, 32, 100},
      {24, 24, 8, 16}
    };
    int[][] windows = {
      {10, 10, 16, 16, 3, 1},
      {3, 3, 4, 4, 3, 1},
      {16, 16, 3, 8, 3, 2},
      {12, 12, 8, 24, 3, 1},
      {9, 12, 1, 32, 5, 2},
      {6, 6, 32, 16, 3, 2},
      {8, 8, 32, 32, 3, 1},
      {14, 14, 4, 16, 3, 1},
      {5, 4, 3, 6, 3, 2},
      {2, 2, 16, 12, 3, 1},
      {4, 4, 64, 64, 3, 1},
      {8, 8, 16, 32, 3, 2},
      {20, 20, 16, 16, 3, 1},
      {24, 24, 8, 8, 3, 1},
      {12, 12, 32, 32, 3, 1},
      {32, 32, 3, 16, 3, 1},
      {16, 16, 16, 32, 3, 2}
    };
    int[][] rows = {
      {12, 16, 16, 3, 1},
      {32, 3, 16, 3, 1},
      {8, 64, 64, 3, 1},
      {24, 8, 8, 3, 2},
      {16, 32, 32, 3, 1},
      {48, 3, 8, 3, 2},
      {10, 1, 64, 5, 2},
      {5, 24, 12, 3, 1}
    };
    int turns = 0;
    for (int[] p : main ? pointwise : Arrays.copyOf(pointwise, narrow ? 10 : 3)) {
      for (int turn = 0; turn < (main && turns++ % 2 == 0 ? 2 : 1); turn++) {
        convolution(element, weights, p[0], p[1], p[2], p[3], 1, 1, turn);
      }
    }
    for (int[] w : main ? windows : Arrays.copyOf(windows, narrow ? 10 : 4)) {
      for (int turn = 0; turn < (main && turns++ % 2 == 0 ? 2 : 1); turn++) {
        convolution(element, weights, w[0], w[1], w[2], w[3], w[4], w[5], turn);
      }
    }
    for (int[] r : main ? rows : new int[0][]) {
      row(
          new Op.Conv2d(rowWindow(r[0], r[3], r[4]), 1, activation(turns)),
          r,
          channelWeights(weights, 0, r[2], r[3], r[3], r[1]),
          r[2],
          ZERO);
      turns++;
    }
  }

  /// A window that makes one row, with padding to its left and right alone.
  private static Window2d rowWindow(int width, int kernel, int stride) {
    Window2d same = Window2d.same(kernel, width, kernel, kernel, stride, stride, 1, 1);
    return new Window2d(
        kernel, kernel, stride, stride, 1, 1, 0, 0, same.padLeft(), same.padRight());
  }

  /// A layer of one row of output, as execution by rows calls it.
  private void row(Op op, int[] r, String weights, int channels, int zero) {
    Window2d window = rowWindow(r[0], r[3], r[4]);
    layer(
        op,
        type(ElementType.INT8, 1, r[3], r[0], r[1]),
        type(ElementType.INT8, 1, 1, window.outputWidth(r[0]), channels)
            .withQuantization(new Quantization.PerTensor(SCALE, zero)),
        weights,
        bias(ElementType.INT8, channels));
  }

  private void convolution(
      ElementType element,
      ElementType weights,
      int h,
      int w,
      int in,
      int out,
      int kernel,
      int stride,
      int turn) {
    Window2d window = Window2d.same(h, w, kernel, kernel, stride, stride, 1, 1);
    layer(
        new Op.Conv2d(window, 1, activation(turn)),
        type(element, 1, h, w, in),
        type(element, 1, window.outputHeight(h), window.outputWidth(w), out),
        channelWeights(weights, 0, out, kernel, kernel, in),
        bias(element, out));
  }

  private void depthwise(ElementType element) {
    int[][] all = {
      {12, 12, 16, 3, 1},
      {3, 3, 4, 3, 1},
      {12, 12, 24, 3, 2},
      {10, 10, 16, 5, 1},
      {24, 20, 8, 3, 1},
      {6, 6, 64, 3, 1},
      {3, 3, 96, 3, 2},
      {4, 5, 6, 3, 2},
      {20, 16, 8, 3, 2},
      {14, 14, 8, 5, 2},
      {5, 4, 8, 5, 1},
      {6, 6, 32, 5, 1},
      {7, 7, 12, 5, 2},
      {18, 18, 8, 5, 2},
      {5, 5, 48, 5, 2},
      {12, 12, 40, 5, 1},
      {9, 9, 24, 3, 2},
      {13, 15, 8, 3, 2},
      {4, 30, 8, 3, 1},
      {1, 12, 40, 3, 1},
      {8, 8, 20, 7, 1}
    };
    boolean main = element == ElementType.INT8;
    for (int[] d : main ? all : Arrays.copyOf(all, 4)) {
      for (int turn = 0; turn < (main && d[2] % 16 == 0 || d[4] == 2 ? 2 : 1); turn++) {
        Window2d window = Window2d.same(d[0], d[1], d[3], d[3], d[4], d[4], 1, 1);
        layer(
            new Op.DepthwiseConv2d(window, 1, activation(turn)),
            type(element, 1, d[0], d[1], d[2]),
            type(element, 1, window.outputHeight(d[0]), window.outputWidth(d[1]), d[2]),
            channelWeights(
                ElementType.INT8.equals(element) || element.isInteger()
                    ? ElementType.INT8
                    : element,
                3,
                1,
                d[3],
                d[3],
                d[2]),
            bias(element, d[2]));
      }
    }
    if (main) {
      int[][] rows = {
        {12, 16, 16, 3, 1},
        {24, 8, 8, 3, 1},
        {5, 64, 64, 3, 1},
        {48, 8, 8, 3, 2},
        {12, 32, 32, 3, 2},
        {25, 64, 64, 3, 1},
        {16, 16, 16, 5, 1}
      };
      for (int[] r : rows) {
        row(
            new Op.DepthwiseConv2d(rowWindow(r[0], r[3], r[4]), 1, activation(r[0])),
            r,
            channelWeights(ElementType.INT8, 3, 1, r[3], r[3], r[1]),
            r[1],
            ZERO);
      }
      for (int[] r :
          new int[][] {{5, 64}, {12, 16}, {20, 8}, {9, 40}, {16, 32}, {3, 128}, {7, 24}}) {
        row(
            new Op.DepthwiseConv2d(rowWindow(r[0], 3, 1), 1, Activation.NONE),
            new int[] {r[0], r[1], r[1], 3, 1},
            channelWeights(ElementType.INT8, 3, 1, 3, 3, r[1]),
            r[1],
            Byte.MIN_VALUE);
      }
      for (int[] d :
          new int[][] {
            {40, 1, 24, 3},
            {20, 1, 64, 5},
            {60, 1, 16, 9},
            {30, 1, 48, 5},
            {12, 1, 96, 3},
            {9, 1, 8, 7}
          }) {
        Window2d window = Window2d.same(d[0], d[1], d[3], 1, 1, 1, 1, 1);
        layer(
            new Op.DepthwiseConv2d(window, 1, Activation.NONE),
            type(element, 1, d[0], d[1], d[2]),
            type(element, 1, d[0], d[1], d[2]),
            channelWeights(ElementType.INT8, 3, 1, d[3], 1, d[2]),
            bias(element, d[2]));
      }
      // few outputs of large windows, up to the whole image
      for (int[] d :
          new int[][] {
            {15, 1, 128, 15, 1},
            {10, 1, 40, 10, 1},
            {24, 1, 128, 10, 1},
            {30, 1, 16, 12, 1},
            {7, 7, 32, 7, 7},
            {4, 4, 96, 4, 4},
            {9, 9, 8, 7, 7},
            {3, 3, 64, 3, 3}
          }) {
        Window2d window = Window2d.valid(d[3], d[4], 1, 1, 1, 1);
        layer(
            new Op.DepthwiseConv2d(window, 1, Activation.NONE),
            type(element, 1, d[0], d[1], d[2]),
            type(element, 1, d[0] - d[3] + 1, d[1] - d[4] + 1, d[2]),
            channelWeights(ElementType.INT8, 3, 1, d[3], d[4], d[2]),
            bias(element, d[2]));
      }
    }
  }

  /// Layers whose kernels may skip groups of weights.
  private void sparse() {
    int[][] shapes = {
      {12, 12, 16, 16, 1},
      {8, 8, 64, 32, 1},
      {6, 6, 32, 64, 1},
      {3, 3, 128, 64, 1},
      {1, 5, 64, 64, 1},
      {5, 5, 256, 32, 1},
      {10, 10, 16, 16, 3},
      {8, 8, 32, 32, 3},
      {16, 16, 4, 16, 3},
      {5, 5, 64, 16, 3},
      {2, 2, 16, 16, 1},
      {3, 3, 16, 8, 3},
      {2, 4, 32, 8, 3},
      {6, 6, 4, 16, 3},
      {4, 4, 64, 64, 3}
    };
    int turn = 0;
    for (double part : new double[] {0.5, 0.7, 0.9}) {
      zeroGroups = part;
      for (int[] s : shapes) {
        convolution(
            ElementType.INT8, ElementType.INT8, s[0], s[1], s[2], s[3], s[4], 1, turn++ % 2);
      }
      for (int[] d :
          new int[][] {
            {1, 64, 32}, {1, 256, 64}, {1, 128, 12}, {1, 640, 24}, {6, 64, 48}, {12, 40, 16}
          }) {
        dense(ElementType.INT8, ElementType.INT8, d, turn % 2 == 0, turn++);
      }
    }
    zeroGroups = 0;
  }

  private void dense() {
    int[][] all = {
      {1, 64, 32}, {1, 256, 64}, {1, 640, 24}, {1, 16, 200}, {1, 128, 10}, {6, 64, 48}, {1, 8, 4}
    };
    for (int i = 0; i < all.length; i++) {
      for (boolean perChannel : new boolean[] {false, true}) {
        dense(ElementType.INT8, ElementType.INT8, all[i], perChannel, i);
        dense(ElementType.INT8, ElementType.INT8, all[i], perChannel, i + 1);
      }
      if (i < 4) {
        dense(ElementType.INT8, ElementType.INT4, all[i], false, i);
        dense(ElementType.INT16, ElementType.INT8, all[i], false, i);
        dense(ElementType.FLOAT32, ElementType.FLOAT32, all[i], false, i);
      }
    }
  }

  private void dense(
      ElementType element, ElementType weights, int[] size, boolean perChannel, int turn) {
    layer(
        new Op.FullyConnected(activation(turn)),
        type(element, size[0], size[1]),
        type(element, size[0], size[2]),
        perChannel
            ? channelWeights(weights, 0, size[2], size[1])
            : constant(
                weights.isFloat()
                    ? type(weights, size[2], size[1])
                    : symmetric(weights, size[2], size[1])),
        bias(element, size[2]));
  }

  // ---- without weights
  // ---------------------------------------------------------------------------

  private void pooling() {
    for (ElementType element : List.of(ElementType.INT8, ElementType.INT16, ElementType.FLOAT32)) {
      for (Op.Pool2d.Kind kind : List.of(Op.Pool2d.Kind.AVERAGE, Op.Pool2d.Kind.MAX)) {
        for (int[] p :
            new int[][] {
              {12, 12, 16, 2, 2},
              {8, 8, 24, 8, 8},
              {10, 10, 12, 3, 1},
              {6, 6, 7, 3, 2},
              {2, 2, 4, 2, 2}
            }) {
          Window2d window = Window2d.valid(p[3], p[3], p[4], p[4], 1, 1);
          TensorType x = type(element, 1, p[0], p[1], p[2]);
          layer(
              new Op.Pool2d(kind, window, Activation.NONE),
              x,
              x.withShape(Shape.of(1, window.outputHeight(p[0]), window.outputWidth(p[1]), p[2])));
        }
      }
      for (int[] p : new int[][] {{8, 8, 32}, {4, 4, 64}, {12, 6, 16}}) {
        layer(
            new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(1, 2)),
            type(element, 1, p[0], p[1], p[2]),
            type(element, 1, p[2]));
      }
    }
  }

  private void elementwise() {
    for (ElementType element : List.of(ElementType.INT8, ElementType.INT16, ElementType.FLOAT32)) {
      int[][] shapes = {{10, 10, 16}, {4, 4, 8}, {7, 7, 40}};
      for (int[] s : shapes) {
        TensorType x = type(element, 1, s[0], s[1], s[2]);
        TensorType other = scaled(x, 0.04f);
        for (Op.Binary.Kind kind :
            List.of(Op.Binary.Kind.ADD, Op.Binary.Kind.SUB, Op.Binary.Kind.MUL)) {
          two(new Op.Binary(kind, Activation.NONE), x, other, scaled(x, 0.09f));
        }
        two(new Op.Binary(Op.Binary.Kind.ADD, Activation.RELU), x, other, scaled(x, 0.09f));
        two(
            new Op.Binary(Op.Binary.Kind.MUL, Activation.NONE),
            x,
            other.withShape(Shape.of(1, 1, 1, s[2])),
            scaled(x, 0.09f));
        layer(new Op.LeakyRelu(0.1f), x, scaled(x, 0.06f));
        for (Op.Unary.Kind kind : List.of(Op.Unary.Kind.RELU, Op.Unary.Kind.RELU6)) {
          layer(new Op.Unary(kind), x, scaled(x, 0.06f));
        }
        if (element != ElementType.INT16) {
          layer(new Op.Unary(Op.Unary.Kind.HARD_SWISH), x, scaled(x, 0.06f));
        }
        TensorType unit =
            element.isFloat()
                ? x
                : x.withQuantization(
                    element == ElementType.INT8
                        ? new Quantization.PerTensor(1 / 256f, -128)
                        : new Quantization.PerTensor(1 / 32768f, 0));
        layer(new Op.Unary(Op.Unary.Kind.LOGISTIC), x, unit);
        layer(new Op.Softmax(1), x, unit);
      }
    }
    for (int[] s : new int[][] {{6, 6, 16}, {3, 20, 4}, {9, 9, 20}}) {
      TensorType bytes = type(ElementType.INT8, 1, s[0], s[1], s[2]);
      TensorType reals = type(ElementType.FLOAT32, 1, s[0], s[1], s[2]);
      layer(new Op.Quantize(), reals, bytes);
      layer(new Op.Quantize(), bytes, scaled(bytes, 0.07f));
      layer(new Op.Dequantize(), bytes, reals);
    }
  }

  private void movement() {
    for (int[] s : new int[][] {{8, 8, 16}, {5, 5, 4}, {12, 4, 40}}) {
      TensorType x = type(ElementType.INT8, 1, s[0], s[1], s[2]);
      layer(
          new Op.Pad(List.of(0, 1, 1, 0), List.of(0, 1, 1, 0), Op.Pad.Mode.CONSTANT),
          x,
          x.withShape(Shape.of(1, s[0] + 2, s[1] + 2, s[2])));
      layer(new Op.Transpose(List.of(0, 2, 1, 3)), x, x.withShape(Shape.of(1, s[1], s[0], s[2])));
      layer(new Op.Transpose(List.of(0, 3, 1, 2)), x, x.withShape(Shape.of(1, s[2], s[0], s[1])));
      two(new Op.Concat(3), x, x, x.withShape(Shape.of(1, s[0], s[1], 2 * s[2])));
      layer(
          new Op.Resize(Op.Resize.Kind.NEAREST, false, false),
          x,
          x.withShape(Shape.of(1, 2 * s[0], 2 * s[1], s[2])));
      layer(
          new Op.Resize(Op.Resize.Kind.BILINEAR, false, true),
          x,
          x.withShape(Shape.of(1, 2 * s[0], 2 * s[1], s[2])));
    }
  }

  // ---- parts
  // -------------------------------------------------------------------------------------

  /// Clamped by the range of the type and by less, in turn.
  private static Activation activation(int turn) {
    return turn % 2 == 0 ? Activation.NONE : Activation.RELU;
  }

  private static TensorType type(ElementType element, int... dims) {
    Quantization quantization =
        switch (element) {
          case INT8 -> new Quantization.PerTensor(SCALE, ZERO);
          case INT16 -> new Quantization.PerTensor(SCALE / 256, 0);
          default -> Quantization.NONE;
        };
    return new TensorType(element, Shape.of(dims), quantization);
  }

  private static TensorType symmetric(ElementType element, int... dims) {
    return new TensorType(element, Shape.of(dims), new Quantization.PerTensor(WEIGHT_SCALE, 0));
  }

  private static TensorType scaled(TensorType type, float scale) {
    return switch (type.element()) {
      case INT8 -> type.withQuantization(new Quantization.PerTensor(scale, ZERO + 2));
      case INT16 -> type.withQuantization(new Quantization.PerTensor(scale / 256, 0));
      default -> type;
    };
  }

  private String channelWeights(ElementType element, int axis, int... dims) {
    Quantization quantization =
        element.isFloat()
            ? Quantization.NONE
            : new Quantization.PerChannel(Collections.nCopies(dims[axis], WEIGHT_SCALE), axis);
    return constant(new TensorType(element, Shape.of(dims), quantization));
  }

  private String bias(ElementType element, int channels) {
    ElementType type =
        switch (element) {
          case INT16 -> ElementType.INT64;
          case FLOAT32 -> ElementType.FLOAT32;
          default -> ElementType.INT32;
        };
    String name = "constant" + tensors.size();
    TensorType plain = TensorType.plain(type, Shape.of(channels));
    TensorType bias =
        type.isFloat()
            ? plain
            : plain.withQuantization(
                new Quantization.PerTensor(
                    WEIGHT_SCALE * (element == ElementType.INT16 ? SCALE / 256 : SCALE), 0));
    tensors.put(
        name, Tensor.constant(name, bias, Blob.of(new byte[Math.toIntExact(bias.bytes())])));
    return name;
  }

  private String constant(TensorType type) {
    String name = "constant" + tensors.size();
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    if (type.element() == ElementType.FLOAT32) {
      java.nio.ByteBuffer floats =
          java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      while (floats.hasRemaining()) {
        floats.putFloat(random.nextFloat() - 0.5f);
      }
    } else {
      // as trained weights are: small ones more often than large ones
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = (byte) (random.nextInt(-63, 64) + random.nextInt(-64, 65));
      }
      for (int at = 0; zeroGroups > 0 && at < bytes.length; at += 4) {
        if (random.nextDouble() < zeroGroups) {
          Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0);
        }
      }
    }
    tensors.put(name, Tensor.constant(name, type, Blob.of(bytes)));
    return name;
  }

  private void layer(Op op, TensorType x, TensorType y, String... constants) {
    List<String> operands = new ArrayList<>(List.of(input(x)));
    operands.addAll(List.of(constants));
    add(op, operands, y);
  }

  private void two(Op op, TensorType a, TensorType b, TensorType y) {
    add(op, List.of(input(a), input(b)), y);
  }

  private String input(TensorType type) {
    String name = "x" + tensors.size();
    tensors.put(name, Tensor.activation(name, type));
    inputs.add(name);
    return name;
  }

  private void add(Op op, List<String> operands, TensorType y) {
    String name = "y" + tensors.size();
    tensors.put(name, Tensor.activation(name, y));
    outputs.add(name);
    nodes.add(new Node("layer" + nodes.size(), op, operands, List.of(name)));
  }
}
