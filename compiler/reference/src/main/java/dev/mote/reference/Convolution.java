package dev.mote.reference;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import java.util.Optional;

/// Convolutions over height and width. Pixels outside the image contribute nothing, which is real
/// zero.
final class Convolution {

  private Convolution() {}

  static void conv2d(Invocation call, Op.Conv2d op) {
    Shape x = call.input(0).shape();
    Shape w = call.input(1).shape();
    Shape y = call.output().shape();
    Window2d window = op.window();
    int depth = w.dim(3);
    int channelsPerGroup = y.dim(3) / op.groups();
    WeightedSum sum =
        new WeightedSum(
            call, op.activation(), y.dim(3), false, false, DynamicRange.ofConvolution(call));
    int index = 0;
    for (int n = 0; n < y.dim(0); n++) {
      for (int outY = 0; outY < y.dim(1); outY++) {
        for (int outX = 0; outX < y.dim(2); outX++) {
          for (int channel = 0; channel < y.dim(3); channel++) {
            int firstInput = channel / channelsPerGroup * depth;
            for (int ky = 0; ky < w.dim(1); ky++) {
              int inY =
                  outY * window.strideHeight() - window.padTop() + ky * window.dilationHeight();
              for (int kx = 0; kx < w.dim(2); kx++) {
                int inX =
                    outX * window.strideWidth() - window.padLeft() + kx * window.dilationWidth();
                if (inY >= 0 && inY < x.dim(1) && inX >= 0 && inX < x.dim(2)) {
                  sum.add(offset(x, n, inY, inX, firstInput), offset(w, channel, ky, kx, 0), depth);
                }
              }
            }
            sum.finish(index++, channel);
          }
        }
      }
    }
  }

  static void depthwiseConv2d(Invocation call, Op.DepthwiseConv2d op) {
    Shape x = call.input(0).shape();
    Shape w = call.input(1).shape();
    Shape y = call.output().shape();
    Window2d window = op.window();
    WeightedSum sum =
        new WeightedSum(
            call, op.activation(), y.dim(3), false, true, DynamicRange.ofDepthwise(call));
    int index = 0;
    for (int n = 0; n < y.dim(0); n++) {
      for (int outY = 0; outY < y.dim(1); outY++) {
        for (int outX = 0; outX < y.dim(2); outX++) {
          for (int channel = 0; channel < y.dim(3); channel++) {
            for (int ky = 0; ky < w.dim(1); ky++) {
              int inY =
                  outY * window.strideHeight() - window.padTop() + ky * window.dilationHeight();
              for (int kx = 0; kx < w.dim(2); kx++) {
                int inX =
                    outX * window.strideWidth() - window.padLeft() + kx * window.dilationWidth();
                if (inY >= 0 && inY < x.dim(1) && inX >= 0 && inX < x.dim(2)) {
                  sum.add(
                      offset(x, n, inY, inX, channel / op.multiplier()),
                      offset(w, 0, ky, kx, channel),
                      1);
                }
              }
            }
            sum.finish(index++, channel);
          }
        }
      }
    }
  }

  /// Each output element collects the input pixels whose scattered kernel covers it, in the order
  /// in which the scattering would add them.
  static void transposeConv2d(Invocation call, Op.TransposeConv2d op) {
    Shape x = call.input(0).shape();
    Shape w = call.input(1).shape();
    Shape y = call.output().shape();
    Window2d window = op.window();
    WeightedSum sum =
        new WeightedSum(call, op.activation(), y.dim(3), false, true, Optional.empty());
    int index = 0;
    for (int n = 0; n < y.dim(0); n++) {
      for (int outY = 0; outY < y.dim(1); outY++) {
        for (int outX = 0; outX < y.dim(2); outX++) {
          for (int channel = 0; channel < y.dim(3); channel++) {
            for (int inY = 0; inY < x.dim(1); inY++) {
              int ky = outY + window.padTop() - inY * window.strideHeight();
              for (int inX = 0; inX < x.dim(2); inX++) {
                int kx = outX + window.padLeft() - inX * window.strideWidth();
                if (ky >= 0 && ky < w.dim(1) && kx >= 0 && kx < w.dim(2)) {
                  sum.add(offset(x, n, inY, inX, 0), offset(w, channel, ky, kx, 0), x.dim(3));
                }
              }
            }
            sum.finish(index++, channel);
          }
        }
      }
    }
  }

  private static int offset(Shape shape, int i0, int i1, int i2, int i3) {
    return ((i0 * shape.dim(1) + i1) * shape.dim(2) + i2) * shape.dim(3) + i3;
  }
}
