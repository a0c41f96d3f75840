package dev.mote.tflm;

import dev.mote.tflm.GreedyPlan.Buffer;
import dev.mote.tflm.TfliteOutline.Operator;
import dev.mote.tflm.TfliteOutline.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What TensorFlow Lite Micro takes of its arena, by a model of its allocator for 32-bit cores.
///
/// Activations and scratch memory are planned as its greedy planner does. Behind them lie
/// structures that stay: those of the interpreter, 12 bytes for each tensor, 32 for each operator,
/// what each kind of operator keeps, and multiplier and shift of each channel.
///
/// @param plannedBytes activations and scratch memory
/// @param persistentBytes structures that stay
/// @param buffers how many buffers are planned
/// @param unmeasured codes of operators whose structures and scratch memory were never measured
public record ArenaEstimate(
    long plannedBytes, long persistentBytes, int buffers, List<Integer> unmeasured) {

  /// Whose kernels the firmware carries.
  public enum Kernels {
    /// Those of CMSIS-NN, with the DSP extension or vectors.
    CMSIS_NN,
    /// The reference kernels.
    REFERENCE
  }

  private static final int ADD = 0;
  private static final int AVERAGE_POOL = 1;
  private static final int CONVOLUTION = 3;
  private static final int DEPTHWISE = 4;
  private static final int FULLY_CONNECTED = 9;
  private static final int MAX_POOL = 17;
  private static final int RESHAPE = 22;
  private static final int SOFTMAX = 25;

  /// Bytes that an operator keeps, by its code: parsed options and prepared data.
  private static final Map<Integer, Integer> KEPT =
      Map.of(
          ADD, 72,
          AVERAGE_POOL, 88,
          CONVOLUTION, 92,
          DEPTHWISE, 92,
          FULLY_CONNECTED, 80,
          MAX_POOL, 88,
          RESHAPE, 0,
          SOFTMAX, 52);

  private static final int KEPT_BY_OTHERS = 128;
  private static final int INTERPRETER = 320;
  private static final int TENSOR = 12;
  private static final int OPERATOR = 32;
  private static final int CHANNEL = 8;
  private static final int SCRATCH_HANDLE = 4;

  /// What the allocator needs for a moment where activations lie later, for each buffer.
  private static final int PLANNING = 72;

  private static final int MARGIN = 64;
  private static final int ALIGNMENT = 16;

  public ArenaEstimate {
    unmeasured = List.copyOf(unmeasured);
  }

  /// What a model takes.
  public static ArenaEstimate of(TfliteOutline model, Kernels kernels) {
    List<Buffer> buffers = activations(model);
    long persistent =
        INTERPRETER
            + (long) TENSOR * model.tensors().size()
            + (long) OPERATOR * model.operators().size();
    TreeSet<Integer> unmeasured = new TreeSet<>();
    for (int i = 0; i < model.operators().size(); i++) {
      Operator operator = model.operators().get(i);
      long scratch = kernels == Kernels.CMSIS_NN ? scratch(model, operator) : 0;
      if (scratch > 0) {
        buffers.add(new Buffer(scratch, i + 1, i + 1));
        persistent += SCRATCH_HANDLE;
      }
      persistent += KEPT.getOrDefault(operator.code(), KEPT_BY_OTHERS);
      if (!KEPT.containsKey(operator.code())) {
        unmeasured.add(operator.code());
      }
      if (operator.code() == CONVOLUTION || operator.code() == DEPTHWISE) {
        persistent += (long) CHANNEL * last(tensor(model, operator.outputs(), 0));
      }
    }
    for (Tensor tensor : model.tensors()) {
      if (tensor.variable()) {
        persistent += Math.ceilDiv(tensor.bytes(), ALIGNMENT) * ALIGNMENT;
      }
    }
    return new ArenaEstimate(
        GreedyPlan.bytes(buffers), persistent, buffers.size(), List.copyOf(unmeasured));
  }

  /// What the interpreter reports as used.
  public long usedBytes() {
    return plannedBytes + persistentBytes;
  }

  /// An arena that is large enough: with room for planning, and a margin for what was not measured.
  public long arenaBytes() {
    long head = Math.max(plannedBytes, (long) PLANNING * buffers);
    long margin = MARGIN + (long) KEPT_BY_OTHERS * unmeasured.size();
    return Math.ceilDiv(head + persistentBytes + margin, ALIGNMENT) * ALIGNMENT;
  }

  /// Tensors that are computed, from the operator that writes them to the last that reads them.
  private static List<Buffer> activations(TfliteOutline model) {
    int count = model.tensors().size();
    int[] first = new int[count];
    int[] last = new int[count];
    java.util.Arrays.fill(first, -1);
    for (int input : model.inputs()) {
      first[input] = 0;
    }
    for (int i = 0; i < model.operators().size(); i++) {
      Operator operator = model.operators().get(i);
      for (int output : operator.outputs()) {
        first[output] = first[output] < 0 ? i + 1 : first[output];
        last[output] = i + 1;
      }
      for (int input : operator.inputs()) {
        if (input >= 0) {
          last[input] = i + 1;
        }
      }
    }
    for (int output : model.outputs()) {
      last[output] = model.operators().size();
    }
    List<Buffer> buffers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Tensor tensor = model.tensors().get(i);
      if (first[i] >= 0 && !tensor.constant() && !tensor.variable()) {
        buffers.add(new Buffer(tensor.bytes(), first[i], last[i]));
      }
    }
    return buffers;
  }

  /// Scratch memory of the kernels of CMSIS-NN with the DSP extension, int8.
  private static long scratch(TfliteOutline model, Operator operator) {
    if (tensor(model, operator.inputs(), 0).type() != 9) {
      return 0;
    }
    return switch (operator.code()) {
      case CONVOLUTION -> {
        List<Integer> window = tensor(model, operator.inputs(), 1).shape();
        long taps = (long) window.get(1) * window.get(2) * window.get(3);
        yield window.get(1) * window.get(2) == 1 ? 0 : 4 * (Math.ceilDiv(taps, 4) * 4);
      }
      case DEPTHWISE -> {
        List<Integer> window = tensor(model, operator.inputs(), 1).shape();
        boolean threeByThree = window.get(1) == 3 && window.get(2) == 3;
        long channels = last(tensor(model, operator.inputs(), 0));
        yield threeByThree ? 0 : 2 * channels * window.get(1) * window.get(2);
      }
      case AVERAGE_POOL -> 4 * last(tensor(model, operator.inputs(), 0));
      default -> 0;
    };
  }

  private static Tensor tensor(TfliteOutline model, List<Integer> indices, int at) {
    return model.tensors().get(indices.get(at));
  }

  private static long last(Tensor tensor) {
    return tensor.shape().isEmpty() ? 1 : tensor.shape().getLast();
  }
}
