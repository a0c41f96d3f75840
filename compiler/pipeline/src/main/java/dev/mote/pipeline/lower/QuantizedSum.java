package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;

/// A quantized sum or difference in TFLite's arithmetic: both operands are shifted left, brought to
/// a common scale, added, and brought to the output's scale.
///
/// Source: TensorFlow Lite Micro, `add_common.cc` and `sub_common.cc`.
///
/// @param sign 1 for a sum, -1 for a difference
record QuantizedSum(
    int xOffset,
    FixedPoint x,
    int yOffset,
    FixedPoint y,
    int sign,
    int leftShift,
    int outputOffset,
    FixedPoint output,
    QuantizedRange range) {

  static QuantizedSum of(Step step, Op.Binary op) {
    TensorType x = step.inputType(0);
    TensorType y = step.inputType(1);
    TensorType z = step.outputType();
    float scaleX = x.quantization().scale();
    float scaleY = y.quantization().scale();
    float scaleZ = z.quantization().scale();
    int leftShift = z.element() == ElementType.INT16 ? 15 : 20;
    float twice = 2 * Math.max(scaleX, scaleY);
    int unit = 1 << leftShift;
    boolean sum = op.kind() == Op.Binary.Kind.ADD;
    // A sum divides scales in double precision, a difference in single precision.
    return new QuantizedSum(
        -x.quantization().zeroPoint(),
        FixedPoint.of(sum ? scaleX / (double) twice : scaleX / twice),
        -y.quantization().zeroPoint(),
        FixedPoint.of(sum ? scaleY / (double) twice : scaleY / twice),
        sum ? 1 : -1,
        leftShift,
        z.quantization().zeroPoint(),
        FixedPoint.of(sum ? twice / (unit * (double) scaleZ) : twice / (unit * scaleZ)),
        QuantizedRange.of(op.activation(), z));
  }

  /// Every parameter of the exact kernel but the walk.
  List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("x_offset", xOffset));
    parameters.add(new Parameter.Int("x_multiplier", x.multiplier()));
    parameters.add(new Parameter.Int("x_shift", x.shift()));
    parameters.add(new Parameter.Int("y_offset", yOffset));
    parameters.add(new Parameter.Int("y_multiplier", y.multiplier()));
    parameters.add(new Parameter.Int("y_shift", y.shift()));
    parameters.add(new Parameter.Int("y_sign", sign));
    parameters.add(new Parameter.Int("left_shift", leftShift));
    parameters.add(new Parameter.Int("output_offset", outputOffset));
    parameters.add(new Parameter.Int("output_multiplier", output.multiplier()));
    parameters.add(new Parameter.Int("output_shift", output.shift()));
    parameters.addAll(range.parameters());
    return parameters;
  }

  /// Operand x, brought to the common scale.
  int left(int u) {
    return x.times((u + xOffset) << leftShift);
  }

  /// Operand y, brought to the common scale, with its sign.
  int right(int v) {
    return sign * y.times((v + yOffset) << leftShift);
  }

  /// The output of a sum of [#left] and [#right].
  int finish(int sum) {
    return range.clamp(output.times(sum) + outputOffset);
  }
}
