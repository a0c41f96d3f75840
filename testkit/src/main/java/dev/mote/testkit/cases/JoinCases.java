package dev.mote.testkit.cases;

import static dev.mote.ir.ElementType.BOOL;
import static dev.mote.ir.ElementType.FLOAT32;
import static dev.mote.ir.ElementType.INT16;
import static dev.mote.ir.ElementType.INT32;
import static dev.mote.ir.ElementType.INT64;
import static dev.mote.ir.ElementType.INT8;
import static dev.mote.ir.ElementType.UINT8;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.ConcatenationOptionsT;
import dev.mote.frontends.tflite.schema.PackOptionsT;
import dev.mote.frontends.tflite.schema.SplitOptionsT;
import dev.mote.frontends.tflite.schema.SplitVOptionsT;
import dev.mote.frontends.tflite.schema.UnpackOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Cases of operators that join tensors or cut them apart.
final class JoinCases {

  private JoinCases() {}

  static List<CaseFamily> families() {
    return Stream.of(
            ByElement.of(
                "CONCATENATION",
                JoinCases::concat,
                INT8,
                UINT8,
                INT16,
                FLOAT32,
                INT32,
                INT64,
                BOOL),
            ByElement.of("PACK", JoinCases::pack, INT8, INT16, FLOAT32, INT32, INT64),
            ByElement.of("UNPACK", JoinCases::unpack, INT8, INT16, FLOAT32, INT32),
            ByElement.of("SPLIT", JoinCases::split, INT8, INT16, FLOAT32, INT32),
            ByElement.of("SPLIT_V", JoinCases::splitV, INT8, INT16, FLOAT32, INT32))
        .flatMap(List::stream)
        .toList();
  }

  private static ModelSketch concat(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 4, 5));
    int axis = random.between(0, type.shape().rank() - 1);
    SingleOpModel model = SingleOpModel.of(BuiltinOperator.CONCATENATION, random);
    int sum = 0;
    int count = random.between(1, 6);
    for (int i = 0; i < count; i++) {
      int extent = random.between(1, 5);
      TensorType part = type.withShape(with(type.shape(), axis, extent));
      sum += extent;
      if (i > 0 && random.chance(0.2)) {
        model.constant(part, Values.any());
      } else {
        model.input(part);
      }
    }
    ConcatenationOptionsT options = new ConcatenationOptionsT();
    options.setAxis(signed(random, axis, type.shape().rank()));
    return model.options(options).output(type.withShape(with(type.shape(), axis, sum))).sketch();
  }

  private static ModelSketch pack(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 4, 5));
    int count = random.between(1, 5);
    int axis = random.between(0, type.shape().rank());
    SingleOpModel model = SingleOpModel.of(BuiltinOperator.PACK, random);
    for (int i = 0; i < count; i++) {
      model.input(type);
    }
    List<Integer> dims = new ArrayList<>(type.shape().dims());
    dims.add(axis, count);
    PackOptionsT options = new PackOptionsT();
    options.setAxis(signed(random, axis, dims.size()));
    options.setValuesCount(count);
    return model.options(options).output(type.withShape(new Shape(dims))).sketch();
  }

  private static ModelSketch unpack(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(2, 4, 5));
    int axis = random.between(0, type.shape().rank() - 1);
    int count = type.shape().dim(axis);
    List<Integer> dims = new ArrayList<>(type.shape().dims());
    dims.remove(axis);
    UnpackOptionsT options = new UnpackOptionsT();
    options.setAxis(signed(random, axis, type.shape().rank()));
    options.setNum(count);
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.UNPACK, random).options(options).input(type);
    for (int i = 0; i < count; i++) {
      model.output(type.withShape(new Shape(dims)));
    }
    return model.sketch();
  }

  private static ModelSketch split(CaseRandom random, ElementType element) {
    Shape part = random.shape(1, 4, 4);
    int axis = random.between(0, part.rank() - 1);
    int count = random.between(1, 4);
    TensorType type = random.quantized(element, with(part, axis, count * part.dim(axis)));
    SplitOptionsT options = new SplitOptionsT();
    options.setNumSplits(count);
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.SPLIT, random)
            .options(options)
            .scalar(signed(random, axis, part.rank()))
            .input(type);
    for (int i = 0; i < count; i++) {
      model.output(type.withShape(part));
    }
    return model.sketch();
  }

  private static ModelSketch splitV(CaseRandom random, ElementType element) {
    Shape shape = random.shape(1, 4, 4);
    int axis = random.between(0, shape.rank() - 1);
    int count = random.between(1, 4);
    int[] sizes = new int[count];
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sizes[i] = random.between(1, 4);
      sum += sizes[i];
    }
    TensorType type = random.quantized(element, with(shape, axis, sum));
    int[] stated = sizes.clone();
    if (random.chance(0.3)) {
      stated[random.between(0, count - 1)] = -1;
    }
    SplitVOptionsT options = new SplitVOptionsT();
    options.setNumSplits(count);
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.SPLIT_V, random)
            .options(options)
            .input(type)
            .vector(stated)
            .scalar(signed(random, axis, shape.rank()));
    for (int size : sizes) {
      model.output(type.withShape(with(shape, axis, size)));
    }
    return model.sketch();
  }

  private static Shape with(Shape shape, int axis, int extent) {
    List<Integer> dims = new ArrayList<>(shape.dims());
    dims.set(axis, extent);
    return new Shape(dims);
  }

  /// `axis`, or the same counted from the end.
  private static int signed(CaseRandom random, int axis, int rank) {
    return random.chance(0.3) ? axis - rank : axis;
  }
}
