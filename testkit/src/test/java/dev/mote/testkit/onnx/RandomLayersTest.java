package dev.mote.testkit.onnx;

import static dev.mote.testkit.onnx.OnnxSketch.integer;
import static dev.mote.testkit.onnx.OnnxSketch.ints;
import static dev.mote.testkit.onnx.OnnxSketch.real;
import static dev.mote.testkit.onnx.OnnxSketch.text;
import static dev.mote.testkit.onnx.OnnxSketch.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Layers of the standard domain with many options, in random configurations, by ONNX Runtime, the
/// reference interpreter and emitted C.
class RandomLayersTest {

  private static final int CONFIGURATIONS = 5;

  private static final List<String> DIRECTIONS = List.of("forward", "reverse", "bidirectional");

  /// Every ratio is exact in binary, so that single precision, in which ONNX Runtime looks for the
  /// nearest pixel, finds the same as double precision.
  private static final float[] SCALES = {0.5f, 0.75f, 1, 1.25f, 1.5f, 2, 2.5f};

  private final RandomCases cases = new RandomCases();

  private static TensorProto reals(Random random, Long... dims) {
    return RandomCases.reals(random, List.of(dims), -1, 1);
  }

  private static <T> T any(Random random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  // ---- recurrence ------------------------------------------------------------------------------

  @Test
  void recurrent() {
    Random random = new Random(11);
    for (int i = 0; i < CONFIGURATIONS; i++) {
      recurrent(random, i, "LSTM", 4, 3);
      recurrent(random, i, "GRU", 3, 2);
      recurrent(random, i, "RNN", 1, 1);
    }
    assertThat(cases.differences()).isEmpty();
  }

  /// Every direction and every subset of the optional operands comes with the first
  /// configurations.
  private void recurrent(Random random, int number, String operator, long gates, int functions) {
    String direction = DIRECTIONS.get(number % 3);
    long directions = direction.equals("bidirectional") ? 2 : 1;
    long steps = 1 + random.nextInt(4);
    long batch = 1 + random.nextInt(2);
    long inputs = 1 + random.nextInt(4);
    long units = 1 + random.nextInt(5);
    RandomCases.Draft draft =
        cases
            .draft(operator)
            .input(reals(random, steps, batch, inputs))
            .constant(reals(random, directions, gates * units, inputs))
            .constant(reals(random, directions, gates * units, units));
    if (number % 4 == 1) {
      draft.absent();
    } else {
      draft.constant(reals(random, directions, 2 * gates * units));
    }
    if (number % 2 == 0) {
      draft.absent();
    } else {
      int[] lengths = new int[(int) batch];
      Arrays.fill(lengths, (int) steps);
      draft.constant(OnnxSketch.integers(DataType.INT32, List.of(batch), lengths));
    }
    if (number > 0) {
      draft.input(reals(random, directions, batch, units));
      if (gates == 4) {
        draft.input(reals(random, directions, batch, units));
        if (number > 2) {
          draft.constant(reals(random, directions, 3 * units));
        }
      }
    }
    List<AttributeProto> attributes =
        new ArrayList<>(List.of(integer("hidden_size", units), text("direction", direction)));
    if (number > 1) {
      attributes.add(
          texts(
              "activations",
              Stream.generate(() -> any(random, List.of("Sigmoid", "Tanh", "Relu")))
                  .limit(directions * functions)
                  .toArray(String[]::new)));
    }
    if (gates == 3) {
      attributes.add(integer("linear_before_reset", random.nextInt(2)));
    }
    draft.add(gates == 4 ? 3 : 2, attributes.toArray(AttributeProto[]::new));
  }

  // ---- resolution ------------------------------------------------------------------------------

  @Test
  void resized() {
    Random random = new Random(12);
    for (String place : List.of("half_pixel", "pytorch_half_pixel", "asymmetric")) {
      for (int i = 0; i < CONFIGURATIONS; i++) {
        AttributeProto places = text("coordinate_transformation_mode", place);
        byScale(random, places, text("mode", "nearest"), rounding(random));
        byScale(random, places, text("mode", "linear"));
        byScale(
            random,
            places,
            text("mode", "cubic"),
            real("cubic_coeff_a", random.nextBoolean() ? -0.5f : -0.75f),
            integer("exclude_outside", random.nextInt(2)));
      }
    }
    // By sizes, since with scales ONNX Runtime and ONNX's own cases differ in whether the length
    // that counts is rounded down.
    for (int i = 0; i < CONFIGURATIONS; i++) {
      AttributeProto places = text("coordinate_transformation_mode", "align_corners");
      bySize(random, places, text("mode", "linear"));
      bySize(random, places, text("mode", "cubic"));
      bySize(
          random,
          text("coordinate_transformation_mode", "asymmetric"),
          text("mode", "nearest"),
          text("nearest_mode", "floor"));
      cropped(random, i % 2 == 0 ? "nearest" : "linear");
    }
    assertThat(cases.differences()).isEmpty();
  }

  private static AttributeProto rounding(Random random) {
    return text(
        "nearest_mode",
        any(random, List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")));
  }

  private static TensorProto image(Random random) {
    return reals(
        random, 1L + random.nextInt(2), 1L + random.nextInt(3), 4L + random.nextInt(4), 4L);
  }

  private void byScale(Random random, AttributeProto... attributes) {
    float height = SCALES[random.nextInt(SCALES.length)];
    float width = SCALES[random.nextInt(SCALES.length)];
    cases
        .draft("Resize")
        .input(image(random))
        .absent()
        .constant(OnnxSketch.floats(1, 1, height, width))
        .add(1, attributes);
  }

  private void bySize(Random random, AttributeProto... attributes) {
    TensorProto image = image(random);
    cases
        .draft("Resize")
        .input(image)
        .absent()
        .absent()
        .constant(
            OnnxSketch.longs(
                image.getDims(0), image.getDims(1), 2 + random.nextInt(9), 2 + random.nextInt(9)))
        .add(1, attributes);
  }

  /// A region that may lie beyond the image; never of as many pixels as the image, which ONNX
  /// Runtime then takes without looking at the region.
  private void cropped(Random random, String mode) {
    float top = random.nextInt(3) / 8f - 0.125f;
    float left = random.nextInt(3) / 8f - 0.125f;
    float bottom = top + 0.5f + random.nextInt(4) / 8f;
    float right = left + 0.5f + random.nextInt(4) / 8f;
    TensorProto image = reals(random, 1L, 2L, 5L, 9L);
    cases
        .draft("Resize")
        .input(image)
        .constant(OnnxSketch.floats(0, 0, top, left, 1, 1, bottom, right))
        .absent()
        .constant(OnnxSketch.longs(1, 2, any(random, List.of(3, 4, 6, 7)), 3 + random.nextInt(5)))
        .add(
            1,
            text("coordinate_transformation_mode", "tf_crop_and_resize"),
            text("mode", mode),
            real("extrapolation_value", random.nextInt(3)));
  }

  // ---- transposed convolution ------------------------------------------------------------------

  @Test
  void transposedConvolution() {
    Random random = new Random(13);
    for (int i = 0; i < CONFIGURATIONS; i++) {
      for (String placed : List.of("pads", "SAME_UPPER", "SAME_LOWER", "VALID", "output_shape")) {
        scattered(random, 1 + i % 2, placed);
      }
    }
    assertThat(cases.differences()).isEmpty();
  }

  private void scattered(Random random, int spatial, String placed) {
    long groups = 1 + random.nextInt(2);
    long outputs = 1 + random.nextInt(3);
    List<Long> image = new ArrayList<>(List.of(1L, groups * 2));
    List<Long> weights = new ArrayList<>(List.of(groups * 2, outputs));
    long[] kernel = new long[spatial];
    long[] strides = new long[spatial];
    long[] extra = new long[spatial];
    long[] pads = new long[2 * spatial];
    long[] wanted = new long[spatial];
    for (int i = 0; i < spatial; i++) {
      image.add(2L + random.nextInt(4));
      kernel[i] = 3 + random.nextInt(2);
      weights.add(kernel[i]);
      strides[i] = 1 + random.nextInt(3);
      extra[i] = random.nextInt((int) strides[i]);
      pads[i] = random.nextInt(2);
      pads[spatial + i] = random.nextInt(2);
      wanted[i] = strides[i] * (image.get(2 + i) - 1) + kernel[i] - random.nextInt(3);
    }
    RandomCases.Draft draft =
        cases
            .draft("ConvTranspose")
            .input(RandomCases.reals(random, image, -1, 1))
            .constant(RandomCases.reals(random, weights, -1, 1));
    if (random.nextBoolean()) {
      draft.constant(reals(random, groups * outputs));
    }
    AttributeProto shape = ints("kernel_shape", kernel);
    AttributeProto group = integer("group", groups);
    AttributeProto steps = ints("strides", strides);
    switch (placed) {
      case "pads" ->
          draft.add(1, shape, group, steps, ints("pads", pads), ints("output_padding", extra));
      case "output_shape" -> draft.add(1, shape, group, steps, ints("output_shape", wanted));
      default -> draft.add(1, shape, group, steps, text("auto_pad", placed));
    }
  }

  // ---- integers --------------------------------------------------------------------------------

  /// Exact: sums of products of integers.
  @Test
  void integerSums() {
    Random random = new Random(14);
    for (int i = 0; i < CONFIGURATIONS; i++) {
      long rows = 1 + random.nextInt(4);
      long inner = 1 + random.nextInt(20);
      long columns = 1 + random.nextInt(5);
      DataType right = i % 2 == 0 ? DataType.INT8 : DataType.UINT8;
      RandomCases.Draft product =
          cases
              .draft("MatMulInteger")
              .input(bytes(random, DataType.UINT8, rows, inner))
              .constant(weights(random, right, inner, columns));
      RandomCases.Draft convolution =
          cases
              .draft("ConvInteger")
              .input(bytes(random, DataType.UINT8, 1L, 2L, 6L, 5L))
              .constant(weights(random, DataType.UINT8, 3L, 2L, 3L, 2L));
      if (i > 0) {
        product.constant(bytes(random, DataType.UINT8));
        convolution.constant(bytes(random, DataType.UINT8));
      }
      if (i > 1) {
        product.constant(i > 2 ? weights(random, right, columns) : weights(random, right));
        convolution.constant(bytes(random, DataType.UINT8));
      }
      product.within(0).add(1);
      convolution
          .within(0)
          .add(
              1,
              ints("strides", 1 + random.nextInt(2), 1 + random.nextInt(2)),
              ints("pads", random.nextInt(2), 1, random.nextInt(3), 0));
    }
    assertThat(cases.differences()).isEmpty();
  }

  /// One step apart at most: ONNX Runtime scales a sum in single precision and rounds it half to
  /// even, Mote in fixed point half away from zero.
  @Test
  void quantized() {
    Random random = new Random(15);
    for (int i = 0; i < CONFIGURATIONS; i++) {
      for (DataType type : List.of(DataType.INT8, DataType.UINT8)) {
        quantizedProduct(random, type, i % 2 == 0);
        quantizedConvolution(random, type, i % 2 == 1);
      }
    }
    assertThat(cases.differences()).isEmpty();
  }

  /// Pixels that move are exact; between pixels Mote's weights are fixed-point numbers.
  @Test
  void quantizedResolution() {
    Random random = new Random(16);
    for (int i = 0; i < CONFIGURATIONS; i++) {
      for (String mode : List.of("nearest", "linear")) {
        boolean moves = mode.equals("nearest");
        float height = SCALES[random.nextInt(SCALES.length)];
        float width = SCALES[random.nextInt(SCALES.length)];
        cases
            .draft("Resize")
            .input(bytes(random, DataType.INT8, 1L, 1L + random.nextInt(3), 6L, 4L))
            .absent()
            .constant(OnnxSketch.floats(1, 1, height, width))
            .within(moves ? 0 : 1)
            .addOnIntegers(
                RandomCases.reals(random, List.of(), 0.01f, 0.1f),
                bytes(random, DataType.INT8),
                text("mode", mode),
                text("nearest_mode", "floor"),
                text("coordinate_transformation_mode", moves ? "asymmetric" : "half_pixel"));
      }
    }
    assertThat(cases.differences()).isEmpty();
  }

  private void quantizedProduct(Random random, DataType type, boolean perChannel) {
    long inner = 1 + random.nextInt(20);
    long columns = 2 + random.nextInt(4);
    RandomCases.Draft draft =
        cases.draft("QLinearMatMul").input(bytes(random, type, 1L + random.nextInt(4), inner));
    meaning(random, draft, type);
    draft.constant(weights(random, type, inner, columns));
    weightsMeaning(random, draft, type, perChannel ? List.of(columns) : List.of());
    meaning(random, draft, type);
    draft.within(1).add(1);
  }

  private void quantizedConvolution(Random random, DataType type, boolean perChannel) {
    long groups = 1 + random.nextInt(2);
    long outputs = groups * (1 + random.nextInt(3));
    RandomCases.Draft draft =
        cases.draft("QLinearConv").input(bytes(random, type, 1L, 2 * groups, 6L, 5L));
    meaning(random, draft, type);
    draft.constant(weights(random, type, outputs, 2L, 3L, 2L));
    weightsMeaning(random, draft, type, perChannel ? List.of(outputs) : List.of());
    meaning(random, draft, type);
    if (random.nextBoolean()) {
      draft.constant(RandomCases.integers(random, DataType.INT32, List.of(outputs), -2000, 2000));
    }
    draft
        .within(1)
        .add(
            1,
            integer("group", groups),
            ints("strides", 1 + random.nextInt(2), 1 + random.nextInt(2)),
            ints("pads", random.nextInt(2), 1, random.nextInt(2), 0));
  }

  private static TensorProto bytes(Random random, DataType type, Long... dims) {
    boolean signed = type == DataType.INT8;
    return RandomCases.integers(random, type, List.of(dims), signed ? -128 : 0, signed ? 127 : 255);
  }

  /// Seven bits: with eight, ONNX Runtime's sums of two products saturate on processors without
  /// instructions for them.
  private static TensorProto weights(Random random, DataType type, Long... dims) {
    boolean signed = type == DataType.INT8;
    return RandomCases.integers(random, type, List.of(dims), signed ? -64 : 0, signed ? 63 : 127);
  }

  private static void meaning(Random random, RandomCases.Draft draft, DataType type) {
    draft.constant(RandomCases.reals(random, List.of(), 0.01f, 0.1f));
    draft.constant(bytes(random, type));
  }

  /// A scale for each channel; the zero point is one for all, as ONNX Runtime demands.
  private static void weightsMeaning(
      Random random, RandomCases.Draft draft, DataType type, List<Long> dims) {
    draft.constant(RandomCases.reals(random, dims, 0.002f, 0.05f));
    int zero = type == DataType.INT8 ? random.nextInt(2) * 5 : 60 + random.nextInt(9);
    int count = dims.isEmpty() ? 1 : dims.getFirst().intValue();
    draft.constant(
        OnnxSketch.integers(
            type,
            dims,
            Collections.nCopies(count, zero).stream().mapToInt(Integer::intValue).toArray()));
  }
}
