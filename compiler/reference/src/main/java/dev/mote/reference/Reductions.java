package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// Reductions over axes, arguments of extrema and running sums.
///
/// Source: TensorFlow Lite Micro's `reduce_common.cc`, `arg_min_max.cc` and `cumsum.cc`.
final class Reductions {

  private Reductions() {}

  static void reduce(Invocation call, Op.Reduce op) {
    Value x = call.input(0);
    Value y = call.output();
    List<List<Integer>> members = members(x.shape(), op.axes(), y.count());
    for (int i = 0; i < y.count(); i++) {
      if (x.element().isFloat()) {
        y.setReal(i, reals(op.kind(), x, members.get(i)));
      } else {
        y.set(i, integers(call, op, members.get(i)));
      }
    }
  }

  /// For each output element the indices of the input elements that it stands for, ascending.
  private static List<List<Integer>> members(Shape x, List<Integer> axes, int outputs) {
    List<List<Integer>> members = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      members.add(new ArrayList<>());
    }
    for (int index = 0; index < x.count(); index++) {
      int rest = index;
      int output = 0;
      int stride = 1;
      for (int axis = x.rank() - 1; axis >= 0; axis--) {
        if (!axes.contains(axis)) {
          output += rest % x.dim(axis) * stride;
          stride *= x.dim(axis);
        }
        rest /= x.dim(axis);
      }
      members.get(output).add(index);
    }
    return members;
  }

  private static float reals(Op.Reduce.Kind kind, Value x, List<Integer> members) {
    float result =
        switch (kind) {
          case MEAN, SUM -> 0;
          case MAX -> -Float.MAX_VALUE;
          case MIN -> Float.MAX_VALUE;
          case PRODUCT -> 1;
        };
    for (int index : members) {
      float value = x.real(index);
      result =
          switch (kind) {
            case MEAN, SUM -> result + value;
            case MAX -> value > result ? value : result;
            case MIN -> value < result ? value : result;
            case PRODUCT -> result * value;
          };
    }
    return kind == Op.Reduce.Kind.MEAN && !members.isEmpty() ? result / members.size() : result;
  }

  private static long integers(Invocation call, Op.Reduce op, List<Integer> members) {
    Value x = call.input(0);
    return switch (op.kind()) {
      case MAX -> members.stream().mapToLong(x::integer).max().orElse(x.element().minValue());
      case MIN -> members.stream().mapToLong(x::integer).min().orElse(x.element().maxValue());
      case PRODUCT -> {
        if (x.element() != ElementType.INT32) {
          throw call.unsupported();
        }
        int product = 1;
        for (int index : members) {
          product *= x.int32(index);
        }
        yield product;
      }
      case SUM, MEAN -> {
        long sum = members.stream().mapToLong(x::integer).sum();
        boolean mean = op.kind() == Op.Reduce.Kind.MEAN;
        if (members.isEmpty()) {
          yield 0;
        }
        if (x.type().quantization().isQuantized()) {
          yield quantized(call, sum, members.size(), mean);
        }
        long result = mean ? sum / members.size() : sum;
        yield x.element() == ElementType.INT64 ? result : (int) result;
      }
    };
  }

  /// The mean folds `1 / count` into the multiplier, cut off, with as many more bits as it has.
  private static long quantized(Invocation call, long sum, int count, boolean mean) {
    Quantization.PerTensor in = call.inputType(0).quantization().perTensor();
    Quantization.PerTensor out = call.outputType().quantization().perTensor();
    Requantization factor = Requantization.of((double) in.scale() / (double) out.scale());
    if (mean) {
      int bits = 63 - Long.numberOfLeadingZeros(count);
      bits = Math.min(Math.min(bits, 32), 31 + factor.shift());
      factor =
          new Requantization(
              (int) (((long) factor.multiplier() << bits) / count), factor.shift() - bits);
    }
    int centred = (int) (sum - (long) in.zeroPoint() * count);
    int result = factor.apply(centred) + out.zeroPoint();
    ElementType element = call.outputType().element();
    return Math.clamp((long) result, element.minValue(), element.maxValue());
  }

  static void argReduce(Invocation call, Op.ArgReduce op) {
    Value x = call.input(0);
    int outer = x.shape().count(0, op.axis());
    int depth = x.shape().dim(op.axis());
    int inner = x.shape().count(op.axis() + 1, x.shape().rank());
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int best = 0;
        for (int d = 1; d < depth; d++) {
          int order = compare(x, (o * depth + d) * inner + i, (o * depth + best) * inner + i);
          if (op.largest() ? order > 0 : order < 0) {
            best = d;
          }
        }
        call.output().set(o * inner + i, best);
      }
    }
  }

  /// Sign of element `a` minus element `b`; 0 when either is not a number.
  private static int compare(Value x, int a, int b) {
    if (!x.element().isFloat()) {
      return Long.compare(x.integer(a), x.integer(b));
    }
    return x.real(a) > x.real(b) ? 1 : x.real(a) < x.real(b) ? -1 : 0;
  }

  static void cumulativeSum(Invocation call, Op.CumulativeSum op) {
    Value x = call.input(0);
    int outer = x.shape().count(0, op.axis());
    int depth = x.shape().dim(op.axis());
    int inner = x.shape().count(op.axis() + 1, x.shape().rank());
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        List<Integer> line = new ArrayList<>();
        for (int d = 0; d < depth; d++) {
          int at = op.reverse() ? depth - 1 - d : d;
          line.add((o * depth + at) * inner + i);
        }
        if (x.element().isFloat()) {
          realLine(call, op.exclusive(), line);
        } else {
          integerLine(call, op.exclusive(), line);
        }
      }
    }
  }

  private static void realLine(Invocation call, boolean exclusive, List<Integer> line) {
    float sum = 0;
    for (int index : line) {
      float before = sum;
      sum += call.input(0).real(index);
      call.output().setReal(index, exclusive ? before : sum);
    }
  }

  /// int8 sums start from the integer 0, not from the real 0, and so are off by the zero point:
  /// what TensorFlow Lite Micro computes.
  private static void integerLine(Invocation call, boolean exclusive, List<Integer> line) {
    Value x = call.input(0);
    if (x.element() != ElementType.INT8) {
      long sum = 0;
      for (int index : line) {
        long before = sum;
        sum += x.integer(index);
        sum = x.element() == ElementType.INT64 ? sum : (int) sum;
        call.output().set(index, exclusive ? before : sum);
      }
      return;
    }
    Quantization.PerTensor in = x.type().quantization().perTensor();
    Quantization.PerTensor out = call.outputType().quantization().perTensor();
    QuantizedArithmetic.Operand operand = QuantizedArithmetic.operand(x.type(), 20, 0.5);
    Requantization factor =
        Requantization.of(2.0 * in.scale() / ((1 << 20) * (double) out.scale()));
    int sum = operand.scaled(0);
    for (int index : line) {
      int before = sum;
      sum += operand.scaled(x.integer(index));
      int result = factor.apply(exclusive ? before : sum) + out.zeroPoint();
      call.output().set(index, Math.clamp(result, Byte.MIN_VALUE, Byte.MAX_VALUE));
    }
  }
}
