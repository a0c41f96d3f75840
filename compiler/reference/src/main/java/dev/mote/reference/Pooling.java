package dev.mote.reference;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.List;

/// Pooling over height and width: each channel of each window becomes one element. Pixels outside
/// the image do not count.
final class Pooling {

  private Pooling() {}

  static void pool2d(Invocation call, Op.Pool2d op) {
    Value x = call.input(0);
    Shape y = call.output().shape();
    Clamp clamp =
        x.element().isFloat() ? new Clamp(0, 0) : Clamp.of(op.activation(), call.outputType());
    int index = 0;
    for (int n = 0; n < y.dim(0); n++) {
      for (int outY = 0; outY < y.dim(1); outY++) {
        for (int outX = 0; outX < y.dim(2); outX++) {
          List<Integer> pixels = pixels(x.shape(), op.window(), n, outY, outX);
          for (int channel = 0; channel < y.dim(3); channel++) {
            if (x.element().isFloat()) {
              float pooled = realPool(op.kind(), x, pixels, channel);
              call.output().setReal(index++, Clamp.apply(op.activation(), pooled));
            } else {
              long pooled = integerPool(op.kind(), call, pixels, channel);
              call.output().set(index++, clamp.apply(pooled));
            }
          }
        }
      }
    }
  }

  /// Indices of channel 0 of the pixels in the image under the window.
  private static List<Integer> pixels(Shape x, Window2d window, int n, int outY, int outX) {
    List<Integer> pixels = new ArrayList<>();
    for (int ky = 0; ky < window.kernelHeight(); ky++) {
      int inY = outY * window.strideHeight() - window.padTop() + ky * window.dilationHeight();
      for (int kx = 0; kx < window.kernelWidth(); kx++) {
        int inX = outX * window.strideWidth() - window.padLeft() + kx * window.dilationWidth();
        if (inY >= 0 && inY < x.dim(1) && inX >= 0 && inX < x.dim(2)) {
          pixels.add(((n * x.dim(1) + inY) * x.dim(2) + inX) * x.dim(3));
        }
      }
    }
    return pixels;
  }

  private static long integerPool(
      Op.Pool2d.Kind kind, Invocation call, List<Integer> pixels, int channel) {
    Value x = call.input(0);
    return switch (kind) {
      case AVERAGE -> {
        long sum = 0;
        for (int pixel : pixels) {
          sum += x.integer(pixel + channel);
        }
        long half = pixels.size() / 2;
        yield (sum > 0 ? sum + half : sum - half) / pixels.size();
      }
      case MAX -> {
        long largest = x.element().minValue();
        for (int pixel : pixels) {
          largest = Math.max(largest, x.integer(pixel + channel));
        }
        yield largest;
      }
      case L2 -> throw call.unsupported();
    };
  }

  private static float realPool(Op.Pool2d.Kind kind, Value x, List<Integer> pixels, int channel) {
    return switch (kind) {
      case AVERAGE -> {
        float sum = 0;
        for (int pixel : pixels) {
          sum += x.real(pixel + channel);
        }
        yield sum / pixels.size();
      }
      case MAX -> {
        float largest = -Float.MAX_VALUE;
        for (int pixel : pixels) {
          largest = Math.max(largest, x.real(pixel + channel));
        }
        yield largest;
      }
      case L2 -> {
        float sum = 0;
        for (int pixel : pixels) {
          sum += x.real(pixel + channel) * x.real(pixel + channel);
        }
        yield (float) Math.sqrt(sum / pixels.size());
      }
    };
  }
}
