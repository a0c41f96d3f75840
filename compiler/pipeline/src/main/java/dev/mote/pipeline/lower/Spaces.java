package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;

/// Lowers resizing, and blocks of pixels moved into channels or batches and back.
final class Spaces {

  private Spaces() {}

  static KernelCall resize(Step step, Op.Resize op) {
    ElementType element = step.outputType().element();
    return switch (op.kind()) {
      case NEAREST -> nearest(step, op);
      case BILINEAR -> {
        if (element == ElementType.INT8) {
          yield bilinearInt8(step, op);
        }
        if (element == ElementType.FLOAT32) {
          yield bilinearFloat(step, op);
        }
        throw new UnsupportedStepException(step);
      }
    };
  }

  private static KernelCall nearest(Step step, Op.Resize op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    List<Parameter> parameters = sizes(x, y);
    parameters.add(new Parameter.Int("pixel", x.dim(3) * StridedCopy.elementBytes(step)));
    return KernelCall.of(
        "portable/resize_nearest_any",
        "mote_resize_nearest_any",
        parameters,
        new Argument.Input(0),
        new Argument.Table(nearestTable(step, x.dim(1), y.dim(1), op)),
        new Argument.Table(nearestTable(step, x.dim(2), y.dim(2), op)),
        new Argument.Output(0));
  }

  /// The input index of every output index.
  private static ConstantTable nearestTable(
      Step step, int inputSize, int outputSize, Op.Resize op) {
    if (inputSize > Short.MAX_VALUE) {
      throw new UnsupportedStepException(step, "images of more than 32767 pixels in a direction");
    }
    float scale = scale(inputSize, outputSize, op);
    float center = op.halfPixelCenters() ? 0.5f : 0;
    short[] sources = new short[outputSize];
    for (int i = 0; i < outputSize; i++) {
      float place = (i + center) * scale;
      int source = (int) (op.alignCorners() ? Math.floor(place + 0.5) : Math.floor(place));
      sources[i] = (short) Math.min(source, inputSize - 1);
    }
    return ConstantTable.ofInt16(sources);
  }

  /// Input pixels per output pixel.
  private static float scale(int inputSize, int outputSize, Op.Resize op) {
    return op.alignCorners() && outputSize > 1
        ? (inputSize - 1) / (float) (outputSize - 1)
        : inputSize / (float) outputSize;
  }

  private static KernelCall bilinearInt8(Step step, Op.Resize op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    List<Parameter> parameters = sizes(x, y);
    parameters.add(new Parameter.Int("channels", x.dim(3)));
    int height = scale10(x.dim(1), y.dim(1), op);
    int width = scale10(x.dim(2), y.dim(2), op);
    parameters.add(new Parameter.Int("height_scale", height));
    parameters.add(new Parameter.Int("height_offset", offset10(height, op)));
    parameters.add(new Parameter.Int("width_scale", width));
    parameters.add(new Parameter.Int("width_offset", offset10(width, op)));
    return KernelCall.of(
        "portable/resize_bilinear_s8",
        "mote_resize_bilinear_s8",
        parameters,
        new Argument.Input(0),
        new Argument.Output(0));
  }

  /// Input pixels per output pixel, times 1024, rounded to nearest.
  private static int scale10(int inputSize, int outputSize, Op.Resize op) {
    boolean corners = op.alignCorners() && outputSize > 1;
    int from = corners ? inputSize - 1 : inputSize;
    int to = corners ? outputSize - 1 : outputSize;
    return (1024 * from + to / 2) / to;
  }

  private static int offset10(int scale, Op.Resize op) {
    return op.halfPixelCenters() ? scale / 2 - 512 : 0;
  }

  private static KernelCall bilinearFloat(Step step, Op.Resize op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    List<Parameter> parameters = sizes(x, y);
    parameters.add(new Parameter.Int("channels", x.dim(3)));
    parameters.add(new Parameter.Real("height_scale", scale(x.dim(1), y.dim(1), op)));
    parameters.add(new Parameter.Real("width_scale", scale(x.dim(2), y.dim(2), op)));
    parameters.add(new Parameter.Real("center", op.halfPixelCenters() ? 0.5f : 0));
    return KernelCall.of(
        "portable/resize_bilinear_f32",
        "mote_resize_bilinear_f32",
        parameters,
        new Argument.Input(0),
        new Argument.Output(0));
  }

  private static List<Parameter> sizes(Shape x, Shape y) {
    List<Parameter> sizes = new ArrayList<>();
    sizes.add(new Parameter.Int("batches", x.dim(0)));
    sizes.addAll(heightAndWidth(x, y));
    return sizes;
  }

  private static List<Parameter> heightAndWidth(Shape x, Shape y) {
    return List.of(
        new Parameter.Int("input_height", x.dim(1)),
        new Parameter.Int("input_width", x.dim(2)),
        new Parameter.Int("output_height", y.dim(1)),
        new Parameter.Int("output_width", y.dim(2)));
  }

  static KernelCall spaceToDepth(Step step, Op.SpaceToDepth op) {
    Shape x = step.inputType(0).shape();
    int channels = x.dim(3);
    int row = x.dim(2) * channels;
    int block = op.block();
    return new StridedCopy()
        .dimension(x.dim(0), x.dim(1) * row)
        .dimension(x.dim(1) / block, block * row)
        .dimension(x.dim(2) / block, block * channels)
        .dimension(block, row)
        .dimension(block, channels)
        .dimension(channels, 1)
        .call(step);
  }

  static KernelCall depthToSpace(Step step, Op.DepthToSpace op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    int channels = y.dim(3);
    int row = x.dim(2) * x.dim(3);
    int block = op.block();
    return new StridedCopy()
        .dimension(x.dim(0), x.dim(1) * row)
        .dimension(x.dim(1), row)
        .dimension(block, block * channels)
        .dimension(x.dim(2), x.dim(3))
        .dimension(block, channels)
        .dimension(channels, 1)
        .call(step);
  }

  static KernelCall spaceToBatch(Step step, Op.SpaceToBatch op) {
    Shape x = image(step, step.inputType(0).shape(), op.block().size());
    Shape y = image(step, step.outputType().shape(), op.block().size());
    byte[] zero = Paddings.realZero(step.outputType());
    List<Parameter> parameters = sizes(x, y);
    parameters.add(new Parameter.Int("block_height", op.block().get(0)));
    parameters.add(new Parameter.Int("block_width", second(op.block(), 1)));
    parameters.add(new Parameter.Int("pad_top", op.padBefore().get(0)));
    parameters.add(new Parameter.Int("pad_left", second(op.padBefore(), 0)));
    parameters.add(new Parameter.Int("pixel", x.dim(3) * StridedCopy.elementBytes(step)));
    parameters.add(new Parameter.Int("value", zero[0]));
    for (byte value : zero) {
      if (value != zero[0]) {
        throw new UnsupportedStepException(step, "a zero point that is wider than a byte");
      }
    }
    return KernelCall.of(
        "portable/space_to_batch_any",
        "mote_space_to_batch_any",
        parameters,
        new Argument.Input(0),
        new Argument.Output(0));
  }

  static KernelCall batchToSpace(Step step, Op.BatchToSpace op) {
    Shape x = image(step, step.inputType(0).shape(), op.block().size());
    Shape y = image(step, step.outputType().shape(), op.block().size());
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("batches", y.dim(0)));
    parameters.addAll(heightAndWidth(x, y));
    parameters.add(new Parameter.Int("block_height", op.block().get(0)));
    parameters.add(new Parameter.Int("block_width", second(op.block(), 1)));
    parameters.add(new Parameter.Int("crop_top", op.cropBefore().get(0)));
    parameters.add(new Parameter.Int("crop_left", second(op.cropBefore(), 0)));
    parameters.add(new Parameter.Int("pixel", x.dim(3) * StridedCopy.elementBytes(step)));
    return KernelCall.of(
        "portable/batch_to_space_any",
        "mote_batch_to_space_any",
        parameters,
        new Argument.Input(0),
        new Argument.Output(0));
  }

  /// `shape` as batch, height, width and everything else; one spatial dimension is the height.
  private static Shape image(Step step, Shape shape, int spatial) {
    if (spatial < 1 || spatial > 2) {
      throw new UnsupportedStepException(
          step, spatial + " spatial dimensions; one or two are supported");
    }
    int width = spatial == 2 ? shape.dim(2) : 1;
    return Shape.of(shape.dim(0), shape.dim(1), width, shape.count(1 + spatial, shape.rank()));
  }

  private static int second(List<Integer> values, int absent) {
    return values.size() > 1 ? values.get(1) : absent;
  }
}
