package dev.mote.ir;

/// A sliding window over height and width, padding made explicit.
///
/// @param kernelHeight rows of the kernel; ≥ 1
/// @param kernelWidth columns of the kernel; ≥ 1
/// @param strideHeight rows from one window to the next; ≥ 1
/// @param strideWidth columns from one window to the next; ≥ 1
/// @param dilationHeight distance of two kernel rows; ≥ 1
/// @param dilationWidth distance of two kernel columns; ≥ 1
/// @param padTop rows of padding above; ≥ 0
/// @param padBottom rows of padding below; ≥ 0
/// @param padLeft columns of padding to the left; ≥ 0
/// @param padRight columns of padding to the right; ≥ 0
public record Window2d(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight) {

  public Window2d {
    if (Math.min(kernelHeight, kernelWidth) < 1
        || Math.min(strideHeight, strideWidth) < 1
        || Math.min(dilationHeight, dilationWidth) < 1
        || Math.min(Math.min(padTop, padBottom), Math.min(padLeft, padRight)) < 0) {
      throw new IllegalArgumentException(
          "illegal window: "
              + describe(
                  kernelHeight,
                  kernelWidth,
                  strideHeight,
                  strideWidth,
                  dilationHeight,
                  dilationWidth,
                  padTop,
                  padBottom,
                  padLeft,
                  padRight));
    }
  }

  private static String describe(int... values) {
    return java.util.Arrays.toString(values);
  }

  /// Rows that the dilated kernel spans.
  public int spanHeight() {
    return (kernelHeight - 1) * dilationHeight + 1;
  }

  /// Columns that the dilated kernel spans.
  public int spanWidth() {
    return (kernelWidth - 1) * dilationWidth + 1;
  }

  /// Rows of output for `inputHeight` rows of input.
  public int outputHeight(int inputHeight) {
    return (inputHeight + padTop + padBottom - spanHeight()) / strideHeight + 1;
  }

  /// Columns of output for `inputWidth` columns of input.
  public int outputWidth(int inputWidth) {
    return (inputWidth + padLeft + padRight - spanWidth()) / strideWidth + 1;
  }

  /// A window with TFLite's `SAME` padding: the output has `ceil(input / stride)` positions and of
  /// an odd total the smaller half lies before.
  public static Window2d same(
      int inputHeight,
      int inputWidth,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int dilationHeight,
      int dilationWidth) {
    int vertical = samePadding(inputHeight, kernelHeight, strideHeight, dilationHeight);
    int horizontal = samePadding(inputWidth, kernelWidth, strideWidth, dilationWidth);
    return new Window2d(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        vertical / 2,
        vertical - vertical / 2,
        horizontal / 2,
        horizontal - horizontal / 2);
  }

  /// A window without padding (TFLite's `VALID`).
  public static Window2d valid(
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int dilationHeight,
      int dilationWidth) {
    return new Window2d(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        0,
        0,
        0,
        0);
  }

  private static int samePadding(int input, int kernel, int stride, int dilation) {
    int output = Math.ceilDiv(input, stride);
    return Math.max(0, (output - 1) * stride + (kernel - 1) * dilation + 1 - input);
  }
}
