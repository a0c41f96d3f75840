package dev.mote.testkit.cases;

import static dev.mote.ir.ElementType.FLOAT32;
import static dev.mote.ir.ElementType.INT16;
import static dev.mote.ir.ElementType.INT32;
import static dev.mote.ir.ElementType.INT64;
import static dev.mote.ir.ElementType.INT8;
import static dev.mote.ir.ElementType.UINT8;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.FillOptionsT;
import dev.mote.frontends.tflite.schema.MirrorPadMode;
import dev.mote.frontends.tflite.schema.MirrorPadOptionsT;
import dev.mote.frontends.tflite.schema.PadOptionsT;
import dev.mote.frontends.tflite.schema.PadV2OptionsT;
import dev.mote.frontends.tflite.schema.ZerosLikeOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Cases of operators that add elements.
final class PaddingCases {

  private PaddingCases() {}

  static List<CaseFamily> families() {
    return Stream.of(
            ByElement.of(
                "PAD",
                (random, element) -> pad(random, element, false),
                INT8,
                UINT8,
                INT16,
                FLOAT32,
                INT32,
                INT64),
            ByElement.of(
                "PADV2",
                (random, element) -> pad(random, element, true),
                INT8,
                INT16,
                FLOAT32,
                INT32,
                INT64),
            ByElement.of("MIRROR_PAD", PaddingCases::mirror, INT8, INT16, FLOAT32),
            ByElement.of("FILL", PaddingCases::fill, INT8, INT16, FLOAT32, INT32, INT64),
            ByElement.of("ZEROS_LIKE", PaddingCases::zerosLike, FLOAT32, INT32, INT64))
        .flatMap(List::stream)
        .toList();
  }

  private static ModelSketch pad(CaseRandom random, ElementType element, boolean withValue) {
    TensorType type = random.quantized(element, random.shape(1, 4, 4));
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int axis = 0; axis < type.shape().rank(); axis++) {
      before.add(random.chance(0.5) ? 0 : random.between(0, 3));
      after.add(random.chance(0.5) ? 0 : random.between(0, 3));
    }
    SingleOpModel model =
        SingleOpModel.of(withValue ? BuiltinOperator.PADV2 : BuiltinOperator.PAD, random)
            .options(withValue ? new PadV2OptionsT() : new PadOptionsT())
            .input(type);
    ByElement.pairs(model, before, after);
    if (withValue) {
      TensorType scalar = type.withShape(Shape.of(1));
      if (random.chance(0.3)) {
        model.input(scalar);
      } else {
        model.constant(scalar, Values.any());
      }
    }
    return model.output(type.withShape(padded(type.shape(), before, after))).sketch();
  }

  private static ModelSketch mirror(CaseRandom random, ElementType element) {
    boolean reflect = random.chance(0.5);
    TensorType type = random.quantized(element, random.shape(1, 4, 4));
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int dim : type.shape().dims()) {
      int most = random.chance(0.3) ? 0 : reflect ? dim - 1 : dim;
      before.add(random.between(0, most));
      after.add(random.between(0, most));
    }
    MirrorPadOptionsT options = new MirrorPadOptionsT();
    options.setMode(reflect ? MirrorPadMode.REFLECT : MirrorPadMode.SYMMETRIC);
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.MIRROR_PAD, random).options(options).input(type);
    return ByElement.pairs(model, before, after)
        .output(type.withShape(padded(type.shape(), before, after)))
        .sketch();
  }

  private static Shape padded(Shape shape, List<Integer> before, List<Integer> after) {
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      dims.add(before.get(axis) + shape.dim(axis) + after.get(axis));
    }
    return new Shape(dims);
  }

  private static ModelSketch fill(CaseRandom random, ElementType element) {
    Shape shape = random.shape(1, 4, 5);
    TensorType type = random.quantized(element, shape);
    return SingleOpModel.of(BuiltinOperator.FILL, random)
        .options(new FillOptionsT())
        .vector(ByElement.array(shape.dims()))
        .input(type.withShape(Shape.SCALAR))
        .output(type)
        .sketch();
  }

  private static ModelSketch zerosLike(CaseRandom random, ElementType element) {
    TensorType type = TensorType.plain(element, random.shape(1, 4, 5));
    return SingleOpModel.of(BuiltinOperator.ZEROS_LIKE, random)
        .options(new ZerosLikeOptionsT())
        .input(type)
        .output(type)
        .sketch();
  }
}
