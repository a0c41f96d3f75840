package dev.mote.testkit.emitted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Unary.Kind;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.differential.HostBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The float functions that TFLite does not have, by the reference interpreter and emitted C,
/// against their definitions in double precision.
class RealFunctionsTest {

  private static final List<Kind> KINDS =
      List.of(
          Kind.TAN,
          Kind.ASIN,
          Kind.ACOS,
          Kind.ATAN,
          Kind.SINH,
          Kind.COSH,
          Kind.ASINH,
          Kind.ACOSH,
          Kind.ATANH,
          Kind.ERF,
          Kind.SIGN,
          Kind.SOFTPLUS);

  /// Units in the last place: the interpreter computes in double precision and rounds once.
  private static final double INTERPRETER = 0.51;

  /// What the C library claims for each function; a softplus adds the errors of two.
  private static final double LIBRARY = 2;

  private static final double LIBRARY_TWICE = 3;

  private static final float[] SPECIAL = {
    0,
    0.5f,
    0.75f,
    1,
    2,
    3,
    (float) (Math.PI / 4),
    (float) (Math.PI / 2),
    (float) Math.PI,
    4,
    5,
    8.5f,
    9.2f,
    16,
    17,
    30,
    88,
    89,
    89.5f,
    90,
    103.5f,
    104,
    1e4f,
    1e9f,
    1e18f,
    2e19f,
    1e30f,
    Float.MIN_VALUE,
    1e-42f,
    Math.nextDown(Float.MIN_NORMAL),
    Float.MIN_NORMAL,
    1e-30f,
    1e-10f,
    1e-6f,
    1e-3f,
    0.1f,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NaN
  };

  private static final List<Shape> SHAPES =
      List.of(Shape.SCALAR, Shape.of(1), Shape.of(3, 5, 7), Shape.of(2, 1, 9, 2), Shape.of(4000));

  @Test
  void asDefined() {
    Random random = new Random(21);
    HostBatch batch = new HostBatch();
    List<Graph> graphs = SHAPES.stream().map(RealFunctionsTest::graph).toList();
    graphs.forEach(graph -> assertThat(batch.add(graph)).isEmpty());
    List<String> wrong = new ArrayList<>();
    try (HostBatch.Library library = batch.build()) {
      for (int i = 0; i < graphs.size(); i++) {
        float[] x = inputs(random, SHAPES.get(i).count());
        List<byte[]> feed = List.of(bytes(x));
        check(wrong, "interpreter", x, new Interpreter(graphs.get(i)).run(feed));
        check(wrong, "C", x, library.start(i).run(feed));
      }
    }
    assertThat(wrong).isEmpty();
  }

  /// One function for each output.
  private static Graph graph(Shape shape) {
    TensorType type = TensorType.plain(ElementType.FLOAT32, shape);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", Tensor.activation("x", type));
    List<Node> nodes = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    for (Kind kind : KINDS) {
      String name = kind.name();
      tensors.put(name, Tensor.activation(name, type));
      nodes.add(new Node(name, new Op.Unary(kind), List.of("x"), List.of(name)));
      outputs.add(name);
    }
    return new Graph("functions", tensors, nodes, List.of("x"), outputs, List.of(), List.of());
  }

  /// Special numbers of both signs with their neighbours, then numbers of every magnitude, then
  /// numbers between the borders of the functions' domains.
  private static float[] inputs(Random random, int count) {
    List<Float> chosen = new ArrayList<>();
    for (float special : SPECIAL) {
      for (float x : new float[] {special, Math.nextDown(special), Math.nextUp(special)}) {
        chosen.add(x);
        chosen.add(-x);
      }
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (i % 4) {
            case 0 ->
                count < chosen.size() || i / 4 >= chosen.size()
                    ? chosen.get(random.nextInt(chosen.size()))
                    : chosen.get(i / 4);
            case 1 -> Float.intBitsToFloat(random.nextInt());
            case 2 -> 2 * random.nextFloat() - 1;
            default -> 20 * random.nextFloat() - 10;
          };
    }
    return values;
  }

  private static byte[] bytes(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static void check(List<String> wrong, String who, float[] x, List<byte[]> outputs) {
    boolean exactly = who.equals("interpreter");
    for (int k = 0; k < KINDS.size(); k++) {
      Kind kind = KINDS.get(k);
      double bound = exactly ? INTERPRETER : kind == Kind.SOFTPLUS ? LIBRARY_TWICE : LIBRARY;
      ByteBuffer y = ByteBuffer.wrap(outputs.get(k)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < x.length; i++) {
        float actual = y.getFloat(4 * i);
        difference(exact(kind, x[i]), actual, bound)
            .map("%s: %s of %s ".formatted(who, kind, x[i])::concat)
            .ifPresent(wrong::add);
      }
    }
  }

  private static Optional<String> difference(double exact, float actual, double bound) {
    float rounded = (float) exact;
    boolean same =
        Float.compare(rounded, actual) == 0
            || Math.abs(exact - actual) <= bound * Math.ulp(rounded)
                && (exact != 0
                    || Float.floatToRawIntBits(actual) == Float.floatToRawIntBits(rounded));
    return same
        ? Optional.empty()
        : Optional.of("is %s, by its definition %s".formatted(actual, exact));
  }

  // ---- definitions -----------------------------------------------------------------------------

  private static double exact(Kind kind, double x) {
    return switch (kind) {
      case TAN -> StrictMath.tan(x);
      case ASIN -> StrictMath.asin(x);
      case ACOS -> StrictMath.acos(x);
      case ATAN -> StrictMath.atan(x);
      case SINH -> StrictMath.sinh(x);
      case COSH -> StrictMath.cosh(x);
      case ASINH -> Math.copySign(inverseSinh(Math.abs(x)), x);
      case ACOSH -> x < 1 ? Double.NaN : inverseCosh(x - 1);
      case ATANH -> Math.copySign(0.5 * StrictMath.log1p(2 * Math.abs(x) / (1 - Math.abs(x))), x);
      case ERF -> error(x);
      case SIGN -> Math.signum(x);
      case SOFTPLUS -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
      default -> throw new IllegalArgumentException(kind.name());
    };
  }

  private static double inverseSinh(double x) {
    return x > 1e100 ? x : StrictMath.log1p(x + x * x / (1 + StrictMath.sqrt(x * x + 1)));
  }

  /// Of 1 + `above`.
  private static double inverseCosh(double above) {
    return StrictMath.log1p(above + StrictMath.sqrt(above * (2 + above)));
  }

  /// Abramowitz and Stegun, 7.1.6: a series of which no term cancels another.
  private static double error(double x) {
    if (x == 0 || Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / StrictMath.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }
}
