package dev.mote.testkit.cases;

import static dev.mote.ir.ElementType.FLOAT32;
import static dev.mote.ir.ElementType.INT16;
import static dev.mote.ir.ElementType.INT32;
import static dev.mote.ir.ElementType.INT64;
import static dev.mote.ir.ElementType.INT8;
import static dev.mote.ir.ElementType.UINT8;

import dev.mote.frontends.tflite.schema.BatchToSpaceNDOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.DepthToSpaceOptionsT;
import dev.mote.frontends.tflite.schema.ResizeBilinearOptionsT;
import dev.mote.frontends.tflite.schema.ResizeNearestNeighborOptionsT;
import dev.mote.frontends.tflite.schema.SpaceToBatchNDOptionsT;
import dev.mote.frontends.tflite.schema.SpaceToDepthOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Cases of operators that change height and width.
final class SpaceCases {

  private SpaceCases() {}

  static List<CaseFamily> families() {
    return Stream.of(
            ByElement.of(
                "RESIZE_NEAREST_NEIGHBOR", SpaceCases::resizeNearest, INT8, UINT8, INT16, FLOAT32),
            ByElement.of("RESIZE_BILINEAR", SpaceCases::resizeBilinear, INT8),
            List.of(
                CaseFamily.of(
                    "RESIZE_BILINEAR", Column.FLOAT32, random -> resizeBilinear(random, FLOAT32))),
            ByElement.of("SPACE_TO_DEPTH", SpaceCases::spaceToDepth, INT8, FLOAT32, INT32, INT64),
            ByElement.of("DEPTH_TO_SPACE", SpaceCases::depthToSpace, INT8, FLOAT32, INT32, INT64),
            ByElement.of(
                "SPACE_TO_BATCH_ND", SpaceCases::spaceToBatch, INT8, FLOAT32, INT32, INT64),
            ByElement.of(
                "BATCH_TO_SPACE_ND", SpaceCases::batchToSpace, INT8, FLOAT32, INT32, INT64))
        .flatMap(List::stream)
        .toList();
  }

  private static Shape image(CaseRandom random) {
    return Shape.of(
        random.between(1, 2), random.between(1, 7), random.between(1, 7), random.between(1, 4));
  }

  private static ModelSketch resizeNearest(CaseRandom random, ElementType element) {
    ResizeNearestNeighborOptionsT options = new ResizeNearestNeighborOptionsT();
    int mode = random.between(0, 2);
    options.setAlignCorners(mode == 1);
    options.setHalfPixelCenters(mode == 2);
    return resize(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, options, random, element);
  }

  private static ModelSketch resizeBilinear(CaseRandom random, ElementType element) {
    ResizeBilinearOptionsT options = new ResizeBilinearOptionsT();
    int mode = random.between(0, 2);
    options.setAlignCorners(mode == 1);
    options.setHalfPixelCenters(mode == 2);
    return resize(BuiltinOperator.RESIZE_BILINEAR, options, random, element);
  }

  private static ModelSketch resize(
      int builtin, Object options, CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, image(random));
    int height = random.between(1, 15);
    int width = random.between(1, 15);
    return SingleOpModel.of(builtin, random)
        .options(options)
        .input(type)
        .vector(height, width)
        .output(type.withShape(Shape.of(type.shape().dim(0), height, width, type.shape().dim(3))))
        .sketch();
  }

  private static ModelSketch spaceToDepth(CaseRandom random, ElementType element) {
    int block = random.between(1, 3);
    Shape depth = image(random);
    TensorType type = random.quantized(element, space(depth, block));
    SpaceToDepthOptionsT options = new SpaceToDepthOptionsT();
    options.setBlockSize(block);
    return SingleOpModel.of(BuiltinOperator.SPACE_TO_DEPTH, random)
        .options(options)
        .input(type)
        .output(type.withShape(depth(depth, block)))
        .sketch();
  }

  private static ModelSketch depthToSpace(CaseRandom random, ElementType element) {
    int block = random.between(1, 3);
    Shape depth = image(random);
    TensorType type = random.quantized(element, depth(depth, block));
    DepthToSpaceOptionsT options = new DepthToSpaceOptionsT();
    options.setBlockSize(block);
    return SingleOpModel.of(BuiltinOperator.DEPTH_TO_SPACE, random)
        .options(options)
        .input(type)
        .output(type.withShape(space(depth, block)))
        .sketch();
  }

  private static Shape space(Shape shape, int block) {
    return Shape.of(shape.dim(0), shape.dim(1) * block, shape.dim(2) * block, shape.dim(3));
  }

  private static Shape depth(Shape shape, int block) {
    return Shape.of(shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3) * block * block);
  }

  /// Blocks, their counts and what is padded or cropped, in one or two spatial dimensions.
  private record Blocks(
      List<Integer> blocks, List<Integer> counts, List<Integer> before, List<Integer> after) {

    static Blocks draw(CaseRandom random) {
      List<Integer> blocks = new ArrayList<>();
      List<Integer> counts = new ArrayList<>();
      List<Integer> before = new ArrayList<>();
      List<Integer> after = new ArrayList<>();
      int spatial = random.between(1, 2);
      for (int i = 0; i < spatial; i++) {
        int block = random.between(1, 3);
        int count = random.between(1, 4);
        // At least one element is left between both margins.
        int first = random.chance(0.4) ? 0 : random.between(0, block * count - 1);
        int second = random.chance(0.4) ? 0 : random.between(0, block * count - 1 - first);
        blocks.add(block);
        counts.add(count);
        before.add(first);
        after.add(second);
      }
      return new Blocks(blocks, counts, before, after);
    }

    Shape space(int batch, int channels) {
      List<Integer> dims = new ArrayList<>(List.of(batch));
      for (int i = 0; i < blocks.size(); i++) {
        dims.add(blocks.get(i) * counts.get(i) - before.get(i) - after.get(i));
      }
      dims.add(channels);
      return new Shape(dims);
    }

    Shape batches(int batch, int channels) {
      List<Integer> dims = new ArrayList<>(List.of(batch));
      for (int i = 0; i < blocks.size(); i++) {
        dims.set(0, dims.getFirst() * blocks.get(i));
        dims.add(counts.get(i));
      }
      dims.add(channels);
      return new Shape(dims);
    }
  }

  private static ModelSketch spaceToBatch(CaseRandom random, ElementType element) {
    Blocks blocks = Blocks.draw(random);
    int batch = random.between(1, 2);
    int channels = random.between(1, 4);
    TensorType type = random.quantized(element, blocks.space(batch, channels));
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.SPACE_TO_BATCH_ND, random)
            .options(new SpaceToBatchNDOptionsT())
            .input(type)
            .vector(ByElement.array(blocks.blocks()));
    return ByElement.pairs(model, blocks.before(), blocks.after())
        .output(type.withShape(blocks.batches(batch, channels)))
        .sketch();
  }

  private static ModelSketch batchToSpace(CaseRandom random, ElementType element) {
    Blocks blocks = Blocks.draw(random);
    int batch = random.between(1, 2);
    int channels = random.between(1, 4);
    TensorType type = random.quantized(element, blocks.batches(batch, channels));
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.BATCH_TO_SPACE_ND, random)
            .options(new BatchToSpaceNDOptionsT())
            .input(type)
            .vector(ByElement.array(blocks.blocks()));
    return ByElement.pairs(model, blocks.before(), blocks.after())
        .output(type.withShape(blocks.space(batch, channels)))
        .sketch();
  }
}
