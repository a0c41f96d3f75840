package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;
import java.util.Optional;

/// Finds the kernels for the vectors of Armv8.1-M (MVE) of int8 operators without weights: they
/// take the parameters and arguments of the portable ones.
final class MveElements {

  private MveElements() {}

  /// The kernel for vectors that does what `portable` does for `step`, where there is one.
  static Optional<KernelCall> of(Step step, KernelCall portable) {
    String folder = "portable/";
    boolean plain = portable.kernel().startsWith(folder);
    if (!step.hasMve() || !plain || step.outputType().element() != ElementType.INT8) {
      return Optional.empty();
    }
    String name = portable.kernel().substring(folder.length());
    boolean applies =
        switch (name) {
          case "add_linear_s8", "lookup_s8" -> true;
          case "mul_s8" -> shiftsRight(portable);
          case "reduce_sum_s8" -> shiftsRight(portable) && sumsPixels(portable);
          case "max_pool2d_s8" -> seesTheImage(step, pool(step).window());
          case "average_pool2d_s8" -> {
            Window2d w = pool(step).window();
            yield seesTheImage(step, w) && w.kernelHeight() * w.kernelWidth() <= 255;
          }
          default -> false;
        };
    return applies
        ? Optional.of(
            new KernelCall(
                "armv81m/" + name,
                "mote_mve_" + name,
                portable.parameters(),
                portable.arguments(),
                portable.scratchBytes(),
                portable.overlaps()))
        : Optional.empty();
  }

  private static Op.Pool2d pool(Step step) {
    return (Op.Pool2d) step.node().op();
  }

  /// Whether every window has a pixel inside the image.
  private static boolean seesTheImage(Step step, Window2d w) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    return w.padTop() <= (w.kernelHeight() - 1) * w.dilationHeight()
        && w.padLeft() <= (w.kernelWidth() - 1) * w.dilationWidth()
        && (y.dim(1) - 1) * w.strideHeight() - w.padTop() < x.dim(1)
        && (y.dim(2) - 1) * w.strideWidth() - w.padLeft() < x.dim(2)
        && (w.dilationHeight() == 1 || w.padTop() == 0)
        && (w.dilationWidth() == 1 || w.padLeft() == 0);
  }

  private static boolean shiftsRight(KernelCall call) {
    long shift = integer(call, "output_shift");
    return shift >= -31 && shift <= -1 && integer(call, "output_multiplier") > 0;
  }

  /// Whether the channels, which are dense, are kept and one dimension is reduced.
  private static boolean sumsPixels(KernelCall call) {
    List<Integer> reduced = integers(call, "reduced");
    return reduced.get(0) == 1
        && reduced.get(1) == 1
        && reduced.get(2) > 0
        && integers(call, "kept_strides").get(2) == 1;
  }

  private static long integer(KernelCall call, String name) {
    return call.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(parameter -> ((Parameter.Int) parameter).value())
        .findFirst()
        .orElseThrow();
  }

  private static List<Integer> integers(KernelCall call, String name) {
    return call.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(parameter -> ((Parameter.Ints) parameter).values())
        .findFirst()
        .orElseThrow();
  }
}
