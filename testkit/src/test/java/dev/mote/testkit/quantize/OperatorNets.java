package dev.mote.testkit.quantize;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A small float graph around every operator that has an integer form. A long file: one table.
///
/// @param name the operator
/// @param build makes the graph
/// @param int8 least signal to noise of int8 in decibels; NaN where there is no such form
/// @param int16 the same of int16
/// @param low smallest input
/// @param high largest input
record OperatorNets(
    String name,
    Function<FloatNet, Graph> build,
    double int8,
    double int16,
    float low,
    float high) {

  private static final double NONE = Double.NaN;
  private static final Shape IMAGE = Shape.of(1, 6, 7, 4);

  @Override
  public String toString() {
    return name;
  }

  static List<OperatorNets> all() {
    List<OperatorNets> nets = new ArrayList<>();
    layers(nets);
    functions(nets);
    arithmetic(nets);
    movements(nets);
    states(nets);
    return nets;
  }

  private static OperatorNets of(
      String name, double int8, double int16, Function<FloatNet, Graph> build) {
    return new OperatorNets(name, build, int8, int16, -3, 4);
  }

  private static void layers(List<OperatorNets> nets) {
    Window2d window = Window2d.same(6, 7, 3, 3, 1, 1, 1, 1);
    nets.add(
        of(
            "Conv2d",
            32,
            40,
            net -> {
              String x = net.input(1, 6, 7, 4);
              return net.graph(
                  net.node(
                      new Op.Conv2d(window, 1, Activation.RELU),
                      Shape.of(1, 6, 7, 5),
                      x,
                      net.constant(-1, 1, 5, 3, 3, 4),
                      net.constant(-2, 2, 5)));
            }));
    nets.add(
        of(
            "Conv2d of groups without bias",
            32,
            40,
            net -> {
              String x = net.input(1, 6, 7, 4);
              return net.graph(
                  net.node(
                      new Op.Conv2d(window, 2, Activation.NONE),
                      Shape.of(1, 6, 7, 6),
                      x,
                      net.constant(-1, 1, 6, 3, 3, 2)));
            }));
    nets.add(
        of(
            "DepthwiseConv2d",
            32,
            40,
            net -> {
              String x = net.input(1, 6, 7, 4);
              return net.graph(
                  net.node(
                      new Op.DepthwiseConv2d(window, 2, Activation.RELU6),
                      Shape.of(1, 6, 7, 8),
                      x,
                      net.constant(-1, 1, 1, 3, 3, 8),
                      net.constant(-2, 2, 8)));
            }));
    nets.add(
        of(
            "TransposeConv2d",
            32,
            40,
            net -> {
              String x = net.input(1, 3, 4, 4);
              return net.graph(
                  net.node(
                      new Op.TransposeConv2d(Window2d.valid(2, 2, 2, 2, 1, 1), Activation.NONE),
                      Shape.of(1, 6, 8, 3),
                      x,
                      net.constant(-1, 1, 3, 2, 2, 4),
                      net.constant(-2, 2, 3)));
            }));
    nets.add(
        of(
            "FullyConnected",
            32,
            40,
            net -> {
              String x = net.input(2, 20);
              return net.graph(
                  net.node(
                      new Op.FullyConnected(Activation.NONE),
                      Shape.of(2, 8),
                      x,
                      net.constant(-1, 1, 8, 20),
                      net.constant(-2, 2, 8)));
            }));
    nets.add(
        of(
            "FullyConnected of two inputs",
            30,
            NONE,
            net -> {
              String x = net.input(2, 20);
              String w = net.input(8, 20);
              return net.graph(
                  net.node(
                      new Op.FullyConnected(Activation.NONE),
                      Shape.of(2, 8),
                      x,
                      w,
                      net.constant(-2, 2, 8)));
            }));
    nets.add(
        of(
            "BatchMatMul",
            30,
            60,
            net -> {
              String x = net.input(2, 5, 6);
              String y = net.input(2, 6, 4);
              return net.graph(net.node(new Op.BatchMatMul(false, false), Shape.of(2, 5, 4), x, y));
            }));
    nets.add(
        of(
            "BatchMatMul by a constant",
            30,
            60,
            net -> {
              String x = net.input(2, 5, 6);
              return net.graph(
                  net.node(
                      new Op.BatchMatMul(false, false),
                      Shape.of(2, 5, 4),
                      x,
                      net.constant(-1, 1, 6, 4)));
            }));
    for (Op.Pool2d.Kind kind : List.of(Op.Pool2d.Kind.AVERAGE, Op.Pool2d.Kind.MAX)) {
      nets.add(
          of(
              kind + " pool",
              kind == Op.Pool2d.Kind.MAX ? 38 : 30,
              60,
              net ->
                  net.graph(
                      net.node(
                          new Op.Pool2d(kind, Window2d.valid(2, 2, 2, 2, 1, 1), Activation.RELU),
                          Shape.of(1, 3, 3, 4),
                          net.input(1, 6, 7, 4)))));
    }
  }

  private static void functions(List<OperatorNets> nets) {
    function(nets, "Softmax", new Op.Softmax(1), 30, 50);
    function(nets, "L2Normalization", new Op.L2Normalization(), 30, NONE);
    function(nets, "LogSoftmax", new Op.LogSoftmax(), 30, NONE);
    function(nets, "LeakyRelu", new Op.LeakyRelu(0.2f), 36, 70);
    unary(nets, Op.Unary.Kind.RELU, 36, 70);
    unary(nets, Op.Unary.Kind.RELU6, 36, 70);
    unary(nets, Op.Unary.Kind.RELU_N1_TO_1, 36, 70);
    unary(nets, Op.Unary.Kind.RELU_0_TO_1, 36, 70);
    unary(nets, Op.Unary.Kind.ABS, 36, 70);
    unary(nets, Op.Unary.Kind.ELU, 36, NONE);
    unary(nets, Op.Unary.Kind.HARD_SWISH, 34, NONE);
    unary(nets, Op.Unary.Kind.LOGISTIC, 36, 60);
    unary(nets, Op.Unary.Kind.TANH, 36, 60);
    unary(nets, Op.Unary.Kind.EXP, 30, NONE);
    unary(nets, Op.Unary.Kind.NEG, 36, 70);
    unary(nets, Op.Unary.Kind.SQUARE, 32, 70);
    for (Op.Unary.Kind kind : List.of(Op.Unary.Kind.LOG, Op.Unary.Kind.RSQRT)) {
      nets.add(
          new OperatorNets(
              kind.name(),
              net -> net.graph(net.map(new Op.Unary(kind), net.input(1, 6, 7, 4))),
              kind == Op.Unary.Kind.LOG ? 26 : 30,
              kind == Op.Unary.Kind.LOG ? NONE : 60,
              0.3f,
              4));
    }
    nets.add(
        of(
            "Prelu",
            32,
            40,
            net -> {
              String x = net.input(1, 6, 7, 4);
              return net.graph(net.map(new Op.Prelu(), x, net.constant(-0.5f, 0.5f, 1, 1, 4)));
            }));
  }

  private static void function(
      List<OperatorNets> nets, String name, Op op, double int8, double int16) {
    nets.add(of(name, int8, int16, net -> net.graph(net.map(op, net.input(1, 6, 7, 4)))));
  }

  private static void unary(
      List<OperatorNets> nets, Op.Unary.Kind kind, double int8, double int16) {
    function(nets, kind.name(), new Op.Unary(kind), int8, int16);
  }

  private static void arithmetic(List<OperatorNets> nets) {
    binary(nets, Op.Binary.Kind.ADD, 34, 70);
    binary(nets, Op.Binary.Kind.SUB, 34, 70);
    binary(nets, Op.Binary.Kind.MUL, 32, 70);
    binary(nets, Op.Binary.Kind.MINIMUM, 34, 70);
    binary(nets, Op.Binary.Kind.MAXIMUM, 34, 70);
    binary(nets, Op.Binary.Kind.SQUARED_DIFFERENCE, 30, 60);
    nets.add(
        new OperatorNets(
            "DIV",
            net -> {
              Op op = new Op.Binary(Op.Binary.Kind.DIV, Activation.NONE);
              return net.graph(net.map(op, net.input(1, 6, 7, 4), net.input(1, 6, 7, 4)));
            },
            26,
            NONE,
            0.5f,
            4));
    nets.add(
        of(
            "DIV by a constant",
            34,
            70,
            net -> {
              Op op = new Op.Binary(Op.Binary.Kind.DIV, Activation.RELU);
              return net.graph(net.map(op, net.input(1, 6, 7, 4), net.constant(1, 2, 4)));
            }));
    nets.add(
        of(
            "AddN",
            30,
            60,
            net ->
                net.graph(
                    net.map(
                        new Op.AddN(),
                        net.input(1, 6, 7, 4),
                        net.input(1, 6, 7, 4),
                        net.input(1, 6, 7, 4)))));
    for (Op.Reduce.Kind kind :
        List.of(Op.Reduce.Kind.MEAN, Op.Reduce.Kind.SUM, Op.Reduce.Kind.MAX, Op.Reduce.Kind.MIN)) {
      nets.add(
          of(
              "reduce " + kind,
              30,
              60,
              net ->
                  net.graph(
                      net.node(
                          new Op.Reduce(kind, List.of(1, 2)),
                          Shape.of(1, 4),
                          net.input(1, 6, 7, 4)))));
    }
    nets.add(
        of(
            "CumulativeSum",
            26,
            NONE,
            net ->
                net.graph(net.map(new Op.CumulativeSum(2, false, false), net.input(1, 6, 7, 4)))));
    nets.add(
        of(
            "Select",
            20,
            30,
            net -> {
              String x = net.input(1, 6, 7, 4);
              String y = net.input(1, 6, 7, 4);
              Op greater = new Op.Compare(Op.Compare.Kind.GREATER);
              String half = net.constant(Shape.SCALAR, 0.5f);
              String condition = net.node(greater, ElementType.BOOL, IMAGE, x, half);
              Op relu = new Op.Unary(Op.Unary.Kind.RELU);
              return net.graph(net.node(new Op.Select(), IMAGE, condition, net.map(relu, x), y));
            }));
  }

  private static void binary(
      List<OperatorNets> nets, Op.Binary.Kind kind, double int8, double int16) {
    Op op = new Op.Binary(kind, Activation.NONE);
    nets.add(
        of(
            kind.name(),
            int8,
            int16,
            net -> net.graph(net.map(op, net.input(1, 6, 7, 4), net.input(1, 6, 1, 4)))));
    nets.add(
        of(
            kind + " with a constant",
            int8,
            int16,
            net -> net.graph(net.map(op, net.input(1, 6, 7, 4), net.constant(-2, 2, 4)))));
  }

  private static void movements(List<OperatorNets> nets) {
    move(nets, "Reshape", new Op.Reshape(), Shape.of(1, 168));
    move(
        nets,
        "Pad",
        new Op.Pad(List.of(0, 1, 2, 0), List.of(0, 0, 1, 0), Op.Pad.Mode.CONSTANT),
        Shape.of(1, 7, 10, 4));
    move(
        nets,
        "MirrorPad",
        new Op.Pad(List.of(0, 1, 2, 0), List.of(0, 0, 1, 0), Op.Pad.Mode.REFLECT),
        Shape.of(1, 7, 10, 4));
    move(
        nets,
        "Slice",
        new Op.Slice(List.of(0, 1, 5, 0), List.of(1, 2, -1, 1), List.of(1, 2, 4, 4)),
        Shape.of(1, 2, 4, 4));
    move(nets, "Transpose", new Op.Transpose(List.of(0, 3, 1, 2)), Shape.of(1, 4, 6, 7));
    move(nets, "Reverse", new Op.Reverse(List.of(2)), IMAGE);
    move(nets, "BroadcastTo", new Op.BroadcastTo(), Shape.of(2, 6, 7, 4));
    move(
        nets,
        "ResizeNearest",
        new Op.Resize(Op.Resize.Kind.NEAREST, false, false),
        Shape.of(1, 9, 9, 4));
    move(nets, "SpaceToDepth", new Op.SpaceToDepth(2), Shape.of(1, 2, 2, 16), 1, 4, 4, 4);
    move(nets, "DepthToSpace", new Op.DepthToSpace(2), Shape.of(1, 8, 8, 1), 1, 4, 4, 4);
    move(
        nets,
        "SpaceToBatch",
        new Op.SpaceToBatch(List.of(2, 2), List.of(0, 0), List.of(0, 0)),
        Shape.of(4, 2, 2, 4),
        1,
        4,
        4,
        4);
    move(
        nets,
        "BatchToSpace",
        new Op.BatchToSpace(List.of(2, 2), List.of(0, 0), List.of(0, 0)),
        Shape.of(1, 4, 4, 4),
        4,
        2,
        2,
        4);
    nets.add(
        of(
            "ResizeBilinear",
            28,
            NONE,
            net ->
                net.graph(
                    net.node(
                        new Op.Resize(Op.Resize.Kind.BILINEAR, false, true),
                        Shape.of(1, 9, 9, 4),
                        net.input(1, 6, 7, 4)))));
    nets.add(
        of(
            "PadV2",
            36,
            70,
            net ->
                net.graph(
                    net.node(
                        new Op.Pad(List.of(0, 1), List.of(0, 2), Op.Pad.Mode.CONSTANT),
                        Shape.of(5, 9),
                        net.input(5, 6),
                        net.constant(Shape.SCALAR, 1.5f)))));
    nets.add(
        of(
            "Gather",
            36,
            70,
            net ->
                net.graph(
                    net.node(
                        new Op.Gather(0, 0),
                        Shape.of(3, 6),
                        net.input(5, 6),
                        net.integers(Shape.of(3), 4, 0, 2)))));
    nets.add(
        of(
            "GatherNd",
            36,
            70,
            net ->
                net.graph(
                    net.node(
                        new Op.GatherNd(),
                        Shape.of(2),
                        net.input(5, 6),
                        net.integers(Shape.of(2, 2), 4, 0, 2, 5)))));
    nets.add(
        of(
            "Split",
            36,
            70,
            net -> {
              List<String> parts =
                  net.split(
                      new Op.Split(1), List.of(Shape.of(5, 2), Shape.of(5, 4)), net.input(5, 6));
              return net.graph(parts.toArray(String[]::new));
            }));
    nets.add(
        of(
            "Concat",
            34,
            70,
            net -> {
              String x = net.input(5, 6);
              String y = net.map(new Op.Unary(Op.Unary.Kind.RELU6), net.input(5, 6));
              String c = net.constant(-2, 2, 5, 3);
              return net.graph(net.node(new Op.Concat(1), Shape.of(5, 15), x, y, c));
            }));
    nets.add(
        of(
            "Concat of probabilities",
            34,
            60,
            net -> {
              Op logistic = new Op.Unary(Op.Unary.Kind.LOGISTIC);
              String x = net.map(logistic, net.input(5, 6));
              String y = net.map(logistic, net.input(5, 6));
              String z = net.input(5, 2);
              String probabilities = net.node(new Op.Concat(1), Shape.of(5, 12), x, y);
              return net.graph(
                  probabilities, net.node(new Op.Concat(1), Shape.of(5, 14), probabilities, z));
            }));
  }

  private static void move(
      List<OperatorNets> nets, String name, Op op, Shape output, int... input) {
    nets.add(
        of(
            name,
            36,
            70,
            net ->
                net.graph(
                    net.node(
                        op,
                        output,
                        net.input(input.length == 0 ? new int[] {1, 6, 7, 4} : input)))));
  }

  private static void states(List<OperatorNets> nets) {
    nets.add(
        of(
            "Lstm",
            22,
            30,
            net -> {
              List<String> operands = new ArrayList<>(List.of(net.input(1, 5, 6)));
              for (int gate = 0; gate < 4; gate++) {
                operands.add(net.constant(-0.5f, 0.5f, 8, 6));
              }
              for (int gate = 0; gate < 4; gate++) {
                operands.add(net.constant(-0.5f, 0.5f, 8, 8));
              }
              for (int gate = 0; gate < 4; gate++) {
                operands.add(net.constant(-0.5f, 0.5f, 8));
              }
              operands.add(net.variable(1, 8));
              operands.add(net.variable(1, 8));
              return net.graph(
                  net.node(
                      new Op.Lstm(false, 0), Shape.of(1, 5, 8), operands.toArray(String[]::new)));
            }));
    nets.add(
        of(
            "Svdf",
            24,
            NONE,
            net -> {
              String x = net.input(1, 6);
              return net.graph(
                  net.node(
                      new Op.Svdf(2, Activation.NONE),
                      Shape.of(1, 4),
                      x,
                      net.constant(-1, 1, 8, 6),
                      net.constant(-1, 1, 8, 5),
                      net.variable(1, 40),
                      net.constant(-1, 1, 4)));
            }));
    nets.add(
        of(
            "ReadVariable, AssignVariable",
            28,
            45,
            net -> {
              String state = net.variable(1, 6);
              String old = net.node(new Op.ReadVariable(state), Shape.of(1, 6));
              Op half = new Op.Binary(Op.Binary.Kind.MUL, Activation.NONE);
              Op add = new Op.Binary(Op.Binary.Kind.ADD, Activation.NONE);
              String decayed = net.map(half, old, net.constant(Shape.SCALAR, 0.5f));
              String sum = net.map(add, decayed, net.input(1, 6));
              net.effect(new Op.AssignVariable(state), sum);
              return net.graph(sum);
            }));
  }
}
