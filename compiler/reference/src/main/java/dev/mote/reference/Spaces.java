package dev.mote.reference;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;

/// Operators that change the spatial dimensions: resizing, and blocks of pixels moved into channels
/// or batches and back.
final class Spaces {

  private Spaces() {}

  static void resize(Invocation call, Op.Resize op) {
    switch (op.kind()) {
      case NEAREST -> nearest(call, op);
      case BILINEAR -> {
        switch (call.output().element()) {
          case INT8 -> bilinearInt8(call, op);
          case FLOAT32 -> bilinearFloat(call, op);
          default -> throw call.unsupported();
        }
      }
    }
  }

  private static void nearest(Invocation call, Op.Resize op) {
    Value x = call.input(0);
    Value y = call.output();
    for (int i = 0; i < y.count(); i++) {
      int[] position = Position.of(y.shape(), i);
      for (int axis = 1; axis <= 2; axis++) {
        position[axis] =
            nearestSource(position[axis], x.shape().dim(axis), y.shape().dim(axis), op);
      }
      y.copy(x, Position.index(x.shape(), position), i);
    }
  }

  private static int nearestSource(int target, int inputSize, int outputSize, Op.Resize op) {
    boolean corners = op.alignCorners() && outputSize > 1;
    float scale =
        corners ? (inputSize - 1) / (float) (outputSize - 1) : inputSize / (float) outputSize;
    float place = (target + (op.halfPixelCenters() ? 0.5f : 0f)) * scale;
    // C's roundf; never negative here.
    double whole = Math.floor(op.alignCorners() ? place + 0.5 : place);
    return Math.min((int) whole, inputSize - 1);
  }

  /// Bilinear interpolation in fixed point with 10 fractional bits in each direction.
  private static void bilinearInt8(Invocation call, Op.Resize op) {
    Value x = call.input(0);
    Value y = call.output();
    for (int i = 0; i < y.count(); i++) {
      int[] position = Position.of(y.shape(), i);
      long[] row = place10(position[1], x.shape().dim(1), y.shape().dim(1), op);
      long[] column = place10(position[2], x.shape().dim(2), y.shape().dim(2), op);
      long sum = 0;
      for (int v = 0; v < 2; v++) {
        for (int h = 0; h < 2; h++) {
          int from =
              Position.index(x.shape(), position[0], (int) row[v], (int) column[h], position[3]);
          long weight = (v == 0 ? 1024 - row[2] : row[2]) * (h == 0 ? 1024 - column[2] : column[2]);
          sum += x.integer(from) * weight;
        }
      }
      y.set(i, (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
    }
  }

  /// Lower neighbour, upper neighbour, and the fraction of 1024 that belongs to the upper one.
  private static long[] place10(int target, int inputSize, int outputSize, Op.Resize op) {
    int scale = (1024 * inputSize + outputSize / 2) / outputSize;
    if (op.alignCorners() && outputSize > 1) {
      scale = (1024 * (inputSize - 1) + (outputSize - 1) / 2) / (outputSize - 1);
    }
    int place = target * scale + (op.halfPixelCenters() ? scale / 2 - 512 : 0);
    int lower = Math.min(Math.max(place / 1024, 0), inputSize - 1);
    int upper = Math.min((place + 1023) / 1024, inputSize - 1);
    return new long[] {lower, upper, place - 1024L * lower};
  }

  private static void bilinearFloat(Invocation call, Op.Resize op) {
    Value x = call.input(0);
    Value y = call.output();
    for (int i = 0; i < y.count(); i++) {
      int[] position = Position.of(y.shape(), i);
      int height = x.shape().dim(1);
      int width = x.shape().dim(2);
      float row = place(position[1], height, y.shape().dim(1), op);
      float column = place(position[2], width, y.shape().dim(2), op);
      int top = Math.clamp((int) Math.floor(row), 0, height - 1);
      int left = Math.clamp((int) Math.floor(column), 0, width - 1);
      int bottom = Math.min((int) Math.ceil(row), height - 1);
      int right = Math.min((int) Math.ceil(column), width - 1);
      float down = row - top;
      float across = column - left;
      float topLeft = x.real(Position.index(x.shape(), position[0], top, left, position[3]));
      float bottomLeft = x.real(Position.index(x.shape(), position[0], bottom, left, position[3]));
      float topRight = x.real(Position.index(x.shape(), position[0], top, right, position[3]));
      float bottomRight =
          x.real(Position.index(x.shape(), position[0], bottom, right, position[3]));
      y.setReal(
          i,
          topLeft * (1 - down) * (1 - across)
              + bottomLeft * down * (1 - across)
              + topRight * (1 - down) * across
              + bottomRight * down * across);
    }
  }

  private static float place(int target, int inputSize, int outputSize, Op.Resize op) {
    float scale = (float) inputSize / outputSize;
    if (op.alignCorners() && outputSize > 1) {
      scale = (float) (inputSize - 1) / (outputSize - 1);
    }
    return op.halfPixelCenters() ? (target + 0.5f) * scale - 0.5f : target * scale;
  }

  static void spaceToDepth(Invocation call, Op.SpaceToDepth op) {
    betweenSpaceAndDepth(call.input(0), call.output(), op.block(), true);
  }

  static void depthToSpace(Invocation call, Op.DepthToSpace op) {
    betweenSpaceAndDepth(call.output(), call.input(0), op.block(), false);
  }

  private static void betweenSpaceAndDepth(Value space, Value depth, int block, boolean toDepth) {
    int channels = space.shape().dim(3);
    for (int i = 0; i < space.count(); i++) {
      int[] at = Position.of(space.shape(), i);
      int inBlock = at[1] % block * block + at[2] % block;
      int j =
          Position.index(
              depth.shape(), at[0], at[1] / block, at[2] / block, inBlock * channels + at[3]);
      if (toDepth) {
        depth.copy(space, i, j);
      } else {
        space.copy(depth, j, i);
      }
    }
  }

  static void spaceToBatch(Invocation call, Op.SpaceToBatch op) {
    Value x = call.input(0);
    Value y = call.output();
    for (int i = 0; i < y.count(); i++) {
      int[] at = Position.of(y.shape(), i);
      int block = at[0] / x.shape().dim(0);
      at[0] %= x.shape().dim(0);
      boolean inside = true;
      for (int k = op.block().size(); k >= 1; k--) {
        int size = op.block().get(k - 1);
        at[k] = at[k] * size + block % size - op.padBefore().get(k - 1);
        inside &= at[k] >= 0 && at[k] < x.shape().dim(k);
        block /= size;
      }
      if (inside) {
        y.copy(x, Position.index(x.shape(), at), i);
      } else {
        Movements.setToRealZero(y, i);
      }
    }
  }

  static void batchToSpace(Invocation call, Op.BatchToSpace op) {
    Value x = call.input(0);
    Value y = call.output();
    Shape shape = y.shape();
    for (int i = 0; i < y.count(); i++) {
      int[] at = Position.of(shape, i);
      int block = 0;
      for (int k = 1; k <= op.block().size(); k++) {
        int size = op.block().get(k - 1);
        int uncropped = at[k] + op.cropBefore().get(k - 1);
        block = block * size + uncropped % size;
        at[k] = uncropped / size;
      }
      at[0] += block * shape.dim(0);
      y.copy(x, Position.index(x.shape(), at), i);
    }
  }
}
