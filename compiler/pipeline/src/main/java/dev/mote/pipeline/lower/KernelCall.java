package dev.mote.pipeline.lower;

import java.util.ArrayList;
import java.util.List;

/// One call of a C kernel: everything that the emitter and the planner need to know about a step.
///
/// The emitted call is `function(&parameters, argument, argument, ...)`, where the parameters are a
/// `static const` structure of type `<function>_t` written with designated initialisers, so that
/// the C
/// compiler folds every value after inlining. Without parameters the call starts with the
/// arguments.
///
/// @param kernel the file that defines the function, relative to `device/kernels`, without suffix:
///     `portable/conv2d_s8`
/// @param function the C function's name: `mote_conv2d_s8`
/// @param parameters fields of the parameter structure, in any order; may be empty
/// @param arguments pointers, in the function's order
/// @param scratchBytes arena bytes that the kernel needs only while it runs; 0 for none
/// @param overlaps which inputs the output may overlap, and how
public record KernelCall(
    String kernel,
    String function,
    List<Parameter> parameters,
    List<Argument> arguments,
    int scratchBytes,
    List<Overlap> overlaps) {

  public KernelCall {
    parameters = List.copyOf(parameters);
    arguments = List.copyOf(arguments);
    overlaps = List.copyOf(overlaps);
  }

  /// A call without scratch memory or overlaps.
  public static KernelCall of(
      String kernel, String function, List<Parameter> parameters, Argument... arguments) {
    return new KernelCall(kernel, function, parameters, List.of(arguments), 0, List.of());
  }

  /// This call, allowed to overlap.
  public KernelCall withOverlaps(Overlap... allowed) {
    return new KernelCall(kernel, function, parameters, arguments, scratchBytes, List.of(allowed));
  }

  /// This call, allowed to overlap.
  public KernelCall withOverlaps(List<Overlap> allowed) {
    return withOverlaps(allowed.toArray(Overlap[]::new));
  }

  /// This call with further arguments at the end.
  public KernelCall withArguments(Argument... further) {
    List<Argument> all = new ArrayList<>(arguments);
    all.addAll(List.of(further));
    return new KernelCall(kernel, function, parameters, all, scratchBytes, overlaps);
  }

  /// This call with scratch memory, which it gets through an [Argument.Scratch].
  public KernelCall withScratch(int bytes) {
    return new KernelCall(kernel, function, parameters, arguments, bytes, overlaps);
  }

  /// A value of the parameter structure.
  public sealed interface Parameter {
    String name();

    /// An integer field.
    record Int(String name, long value) implements Parameter {}

    /// A `float` field, emitted as an exact hexadecimal constant.
    record Real(String name, float value) implements Parameter {}

    /// An array field of integers.
    record Ints(String name, List<Integer> values) implements Parameter {
      public Ints {
        values = List.copyOf(values);
      }
    }
  }

  /// A pointer argument.
  public sealed interface Argument {

    /// Input `index` of the node: an address in the arena, or a constant table in flash.
    record Input(int index) implements Argument {}

    /// Output `index` of the node.
    record Output(int index) implements Argument {}

    /// All inputs of the node in order, as one array of pointers: `const void *const inputs[N]`.
    record Inputs() implements Argument {}

    /// All outputs of the node in order, as one array of pointers: `void *const outputs[N]`.
    record Outputs() implements Argument {}

    /// A state tensor by name.
    record Variable(String tensor) implements Argument {}

    /// A constant table that the lowering made (reordered weights, multipliers, look-up values).
    record Table(ConstantTable table) implements Argument {}

    /// The scratch memory of this call.
    record Scratch() implements Argument {}

    /// The number of the row that is computed, for kernels that take the rows of an image one by
    /// one.
    record Row() implements Argument {}

    /// A function that the emitter writes: it adds the leaves of trees to a row of results.
    record Trees(TreeCode code) implements Argument {}

    /// A null pointer: an optional operand that is absent.
    record Absent() implements Argument {}
  }

  /// Permission for the (first) output to overlap an input that dies with this step: legal when
  /// `address(output) + distance <= address(input)`, or, if exact, when both addresses are equal.
  /// An
  /// element-wise kernel that runs upwards and whose output elements are no larger than its input
  /// elements has distance 0 (so it can run in place).
  ///
  /// @param input index of the node's input
  /// @param distance bytes; ≥ 0
  /// @param exact whether only equal addresses are legal; the distance is 0 then
  public record Overlap(int input, int distance, boolean exact) {

    public Overlap(int input, int distance) {
      this(input, distance, false);
    }

    /// For kernels that read every byte that they overwrite first, but in no simple order.
    public static Overlap inPlace(int input) {
      return new Overlap(input, 0, true);
    }
  }
}
