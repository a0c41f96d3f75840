package dev.mote.pipeline.lower;

import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import java.util.List;

/// How far the output of a window that slides row by row must lag behind its input.
final class WindowOverlap {

  private WindowOverlap() {}

  /// For a kernel that finishes output rows from the top down and needs, while it works on a row,
  /// no input above that row's window. Batches are not overlapped.
  ///
  /// @param xBytes bytes of an input element
  /// @param yBytes bytes of an output element
  static List<Overlap> rows(Shape x, Shape y, Window2d window, int xBytes, int yBytes) {
    if (x.dim(0) != 1) {
      return List.of();
    }
    long rowIn = (long) x.count(2, 4) * xBytes;
    long rowOut = (long) y.count(2, 4) * yBytes;
    long distance = 0;
    for (int row = 0; row < y.dim(1); row++) {
      long top = Math.max(0, (long) row * window.strideHeight() - window.padTop());
      distance = Math.max(distance, (row + 1) * rowOut - top * rowIn);
    }
    return distance < y.count() * (long) yBytes + x.count() * (long) xBytes
        ? List.of(new Overlap(0, (int) distance))
        : List.of();
  }

  /// For a kernel that turns pixels of `depth` bytes into pixels of `channels` bytes, reading
  /// `block`
  /// pixels before it writes their outputs.
  static List<Overlap> pixels(int pixels, int depth, int channels, int block) {
    long done = (long) (pixels - 1) / block * block;
    return List.of(new Overlap(0, (int) Math.max(0, done * (channels - depth))));
  }
}
