package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;

/// Operators that keep a state from step to step.
///
/// Source of the integer arithmetic: TensorFlow Lite Micro's `lstm_eval` and `svdf_common`.
final class Recurrences {

  private static final int HIDDEN = 13;
  private static final int CELL = 14;

  /// The gates in the order of the operator's inputs.
  private enum Gate {
    INPUT,
    FORGET,
    CELL,
    OUTPUT;

    int inputWeights() {
      return 1 + ordinal();
    }

    int recurrentWeights() {
      return 5 + ordinal();
    }

    int bias() {
      return 9 + ordinal();
    }
  }

  private Recurrences() {}

  static void lstm(Invocation call, Op.Lstm op) {
    Value x = call.input(0);
    int batches = x.shape().dim(op.timeMajor() ? 1 : 0);
    int steps = x.shape().dim(op.timeMajor() ? 0 : 1);
    int units = call.input(HIDDEN).shape().last();
    for (int step = 0; step < steps; step++) {
      for (int batch = 0; batch < batches; batch++) {
        int row = op.timeMajor() ? step * batches + batch : batch * steps + step;
        switch (x.element()) {
          case INT8, INT16 -> integerStep(call, op, batch, row);
          case FLOAT32 -> floatStep(call, op, batch, row);
          default -> throw call.unsupported();
        }
        for (int unit = 0; unit < units; unit++) {
          call.output().copy(call.input(HIDDEN), batch * units + unit, row * units + unit);
        }
      }
    }
  }

  // ---- integer ---------------------------------------------------------------------------------

  private static void integerStep(Invocation call, Op.Lstm op, int batch, int row) {
    Value hidden = call.input(HIDDEN);
    Value cell = call.input(CELL);
    int units = hidden.shape().last();
    double gateScale = 1.0 / (1 << 15);
    double cellScale = cell.type().quantization().scale();
    double hiddenScale = hidden.type().quantization().scale();
    Requantization keep = Requantization.of(gateScale * cellScale / cellScale);
    Requantization add = Requantization.of(gateScale * gateScale / cellScale);
    Requantization emit = Requantization.of(gateScale * gateScale / hiddenScale);
    int exponent = (int) Math.round(Math.log(cellScale) / Math.log(2));
    long[] newHidden = new long[units];
    for (int unit = 0; unit < units; unit++) {
      int input = SigmoidTable.sigmoid(3 * gate(call, Gate.INPUT, batch, row, unit));
      int forget = SigmoidTable.sigmoid(3 * gate(call, Gate.FORGET, batch, row, unit));
      int candidate = SigmoidTable.tanh(3 * gate(call, Gate.CELL, batch, row, unit));
      int output = SigmoidTable.sigmoid(3 * gate(call, Gate.OUTPUT, batch, row, unit));
      int at = batch * units + unit;
      int kept = saturate(keep.apply(forget * cell.int32(at)), ElementType.INT16);
      int added = saturate(add.apply(input * candidate), ElementType.INT16);
      int state = saturate(kept + added, ElementType.INT16);
      if (op.cellClip() > 0) {
        int clip = (int) Math.min(op.cellClip() / cellScale, Short.MAX_VALUE);
        state = Math.clamp(state, -clip, clip);
      }
      cell.set(at, state);
      int scaled = emit.apply(tanhOfCell(state, exponent) * output);
      newHidden[unit] =
          saturate(scaled + hidden.type().quantization().zeroPoint(), hidden.element());
    }
    for (int unit = 0; unit < units; unit++) {
      hidden.set(batch * units + unit, newHidden[unit]);
    }
  }

  /// A gate before its activation function, with 12 fractional bits.
  private static int gate(Invocation call, Gate gate, int batch, int row, int unit) {
    Value bias = call.input(gate.bias());
    int fromInput =
        product(call.input(0), row, call.input(gate.inputWeights()), unit, bias.integer(unit));
    int fromHidden =
        product(call.input(HIDDEN), batch, call.input(gate.recurrentWeights()), unit, 0);
    return saturate(fromInput + fromHidden, ElementType.INT16);
  }

  private static int product(Value x, int row, Value weights, int unit, long bias) {
    int length = weights.shape().last();
    Quantization quantization = x.type().quantization();
    long sum = bias;
    for (int i = 0; i < length; i++) {
      sum +=
          weights.integer(unit * length + i)
              * (x.integer(row * length + i) - quantization.zeroPoint());
    }
    float product = quantization.scale() * weights.type().quantization().scale();
    Requantization factor = Requantization.of(product / Math.scalb(1.0, -12));
    int scaled = x.element() == ElementType.INT8 ? factor.apply((int) sum) : factor.applyWide(sum);
    return saturate(scaled, ElementType.INT16);
  }

  /// The hyperbolic tangent of a cell state whose scale is `2^exponent`.
  private static int tanhOfCell(int state, int exponent) {
    int shift = exponent + 12;
    if (shift >= 0) {
      return SigmoidTable.tanh(state * (3 << shift));
    }
    return SigmoidTable.tanh((3 * state + (1 << (-shift - 1))) >> -shift);
  }

  private static int saturate(int value, ElementType type) {
    return (int) Math.clamp(value, type.minValue(), type.maxValue());
  }

  // ---- float -----------------------------------------------------------------------------------

  private static void floatStep(Invocation call, Op.Lstm op, int batch, int row) {
    Value hidden = call.input(HIDDEN);
    Value cell = call.input(CELL);
    int units = hidden.shape().last();
    float[] newHidden = new float[units];
    for (int unit = 0; unit < units; unit++) {
      float input = sigmoid(floatGate(call, Gate.INPUT, batch, row, unit));
      float forget = sigmoid(floatGate(call, Gate.FORGET, batch, row, unit));
      float candidate = (float) Math.tanh(floatGate(call, Gate.CELL, batch, row, unit));
      float output = sigmoid(floatGate(call, Gate.OUTPUT, batch, row, unit));
      int at = batch * units + unit;
      float state = forget * cell.real(at) + input * candidate;
      if (op.cellClip() > 0) {
        state = Math.clamp(state, -op.cellClip(), op.cellClip());
      }
      cell.setReal(at, state);
      newHidden[unit] = (float) Math.tanh(state) * output;
    }
    for (int unit = 0; unit < units; unit++) {
      hidden.setReal(batch * units + unit, newHidden[unit]);
    }
  }

  private static float floatGate(Invocation call, Gate gate, int batch, int row, int unit) {
    float fromInput = floatProduct(call.input(0), row, call.input(gate.inputWeights()), unit);
    float fromHidden =
        floatProduct(call.input(HIDDEN), batch, call.input(gate.recurrentWeights()), unit);
    return fromInput + call.input(gate.bias()).real(unit) + fromHidden;
  }

  private static float floatProduct(Value x, int row, Value weights, int unit) {
    int length = weights.shape().last();
    float sum = 0;
    for (int i = 0; i < length; i++) {
      sum += weights.asReal(unit * length + i) * x.real(row * length + i);
    }
    return sum;
  }

  private static float sigmoid(float x) {
    return 1 / (1 + (float) Math.exp(-x));
  }

  // ---- SVDF ------------------------------------------------------------------------------------

  static void svdf(Invocation call, Op.Svdf op) {
    Value x = call.input(0);
    Value state = call.input(3);
    int batches = x.shape().dim(0);
    int filters = call.input(1).shape().dim(0);
    int memory = call.input(2).shape().dim(1);
    for (int batch = 0; batch < batches; batch++) {
      for (int filter = 0; filter < filters; filter++) {
        int oldest = (batch * filters + filter) * memory;
        for (int i = oldest; i < oldest + memory - 1; i++) {
          state.copy(state, i + 1, i);
        }
        int newest = oldest + memory - 1;
        switch (x.element()) {
          case INT8 -> state.set(newest, integerFeature(call, batch, filter));
          case FLOAT32 -> state.setReal(newest, floatProduct(x, batch, call.input(1), filter));
          default -> throw call.unsupported();
        }
      }
    }
    int units = filters / op.rank();
    for (int i = 0; i < batches * units; i++) {
      if (x.element() == ElementType.INT8) {
        call.output().set(i, integerUnit(call, op, i / units, i % units));
      } else {
        call.output().setReal(i, floatUnit(call, op, i / units, i % units));
      }
    }
  }

  private static int integerFeature(Invocation call, int batch, int filter) {
    Value x = call.input(0);
    Value weights = call.input(1);
    Quantization state = call.inputType(3).quantization();
    int length = weights.shape().dim(1);
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum +=
          weights.int32(filter * length + i)
              * (x.int32(batch * length + i) - x.type().quantization().zeroPoint());
    }
    float factor =
        x.type().quantization().scale() * weights.type().quantization().scale() / state.scale();
    int scaled = Requantization.of(factor).apply(sum);
    return saturate(scaled + state.zeroPoint(), call.input(3).element());
  }

  /// The activation has no effect on integers, as in TensorFlow Lite Micro.
  private static int integerUnit(Invocation call, Op.Svdf op, int batch, int unit) {
    Value weights = call.input(2);
    Value state = call.input(3);
    int filters = weights.shape().dim(0);
    int memory = weights.shape().dim(1);
    int sum = call.hasInput(4) ? call.input(4).int32(unit) : 0;
    for (int filter = unit * op.rank(); filter < (unit + 1) * op.rank(); filter++) {
      for (int i = 0; i < memory; i++) {
        sum +=
            weights.int32(filter * memory + i)
                * (state.int32((batch * filters + filter) * memory + i)
                    - state.type().quantization().zeroPoint());
      }
    }
    Quantization y = call.outputType().quantization();
    float factor =
        state.type().quantization().scale() * weights.type().quantization().scale() / y.scale();
    return saturate(Requantization.of(factor).apply(sum) + y.zeroPoint(), ElementType.INT8);
  }

  private static float floatUnit(Invocation call, Op.Svdf op, int batch, int unit) {
    Value weights = call.input(2);
    Value state = call.input(3);
    int filters = weights.shape().dim(0);
    int memory = weights.shape().dim(1);
    float sum = call.hasInput(4) ? call.input(4).real(unit) : 0;
    for (int filter = unit * op.rank(); filter < (unit + 1) * op.rank(); filter++) {
      float product = 0;
      for (int i = 0; i < memory; i++) {
        product +=
            weights.asReal(filter * memory + i)
                * state.real((batch * filters + filter) * memory + i);
      }
      sum += product;
    }
    return Math.clamp(sum, op.activation().lower(), op.activation().upper());
  }
}
