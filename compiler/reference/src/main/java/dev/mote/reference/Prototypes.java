package dev.mote.reference;

import dev.mote.ir.Op;

/// Models that compare with stored vectors; sums run over the features in order, in float32.
final class Prototypes {

  private Prototypes() {}

  static void kernelMatrix(Invocation call, Op.KernelMatrix op) {
    int features = call.input(0).shape().last();
    int rows = call.input(0).shape().dim(0);
    int vectors = call.input(1).shape().dim(0);
    for (int row = 0; row < rows; row++) {
      for (int s = 0; s < vectors; s++) {
        float sum = 0;
        for (int f = 0; f < features; f++) {
          float x = call.input(0).real(row * features + f);
          float v = call.input(1).real(s * features + f);
          float difference = x - v;
          sum +=
              switch (op.kind()) {
                case LINEAR, POLYNOMIAL, SIGMOID -> x * v;
                case RBF -> difference * difference;
                case MANHATTAN -> Math.abs(difference);
                case SQUARED_DISTANCE ->
                    call.hasInput(2)
                        ? difference * difference * call.input(2).real(s * features + f)
                        : difference * difference;
              };
        }
        call.output().setReal(row * vectors + s, finish(op, sum));
      }
    }
  }

  private static float finish(Op.KernelMatrix op, float sum) {
    return switch (op.kind()) {
      case LINEAR, SQUARED_DISTANCE, MANHATTAN -> sum;
      case RBF -> (float) Math.exp(-op.gamma() * sum);
      case SIGMOID -> (float) Math.tanh(op.gamma() * sum + op.offset());
      case POLYNOMIAL -> {
        float x = op.gamma() * sum + op.offset();
        float power = 1;
        for (int i = 0; i < op.degree(); i++) {
          power *= x;
        }
        yield power;
      }
    };
  }

  static void nearestVote(Invocation call, Op.NearestVote op) {
    int vectors = call.input(0).shape().last();
    int rows = call.input(0).shape().dim(0);
    int columns = call.input(1).shape().last();
    for (int row = 0; row < rows; row++) {
      int[] nearest = nearest(call.input(0), row * vectors, vectors, op.neighbours());
      boolean hit =
          op.weighting() != Op.NearestVote.Weighting.UNIFORM
              && call.input(0).real(row * vectors + nearest[0]) == 0;
      float weights = 0;
      float[] sums = new float[columns];
      for (int s : nearest) {
        float distance = call.input(0).real(row * vectors + s);
        float weight =
            hit
                ? (distance == 0 ? 1 : 0)
                : switch (op.weighting()) {
                  case UNIFORM -> 1;
                  case INVERSE -> 1 / distance;
                  case INVERSE_ROOT -> 1 / (float) Math.sqrt(distance);
                };
        weights += weight;
        for (int k = 0; k < columns; k++) {
          sums[k] += weight * call.input(1).real(s * columns + k);
        }
      }
      for (int k = 0; k < columns; k++) {
        call.output().setReal(row * columns + k, sums[k] / weights);
      }
    }
  }

  /// Indices of the `count` smallest distances, nearest first.
  private static int[] nearest(Value distances, int first, int vectors, int count) {
    int[] nearest = new int[count];
    boolean[] taken = new boolean[vectors];
    for (int i = 0; i < count; i++) {
      int best = -1;
      for (int s = 0; s < vectors; s++) {
        if (!taken[s] && (best < 0 || distances.real(first + s) < distances.real(first + best))) {
          best = s;
        }
      }
      taken[best] = true;
      nearest[i] = best;
    }
    return nearest;
  }
}
