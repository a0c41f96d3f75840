package dev.mote.ir;

import java.util.List;
import java.util.Map;

/// What a node computes: a sealed family of records that hold the operator's attributes.
///
/// Shapes are static: attributes that could be derived from the output's type (the target of
/// [Reshape], say) are not repeated. Layout is NHWC. Quantized arithmetic is TFLite's, as
/// TensorFlow Lite Micro executes it. Unless an operator says otherwise, inputs and outputs have
/// one element type.
///
/// A long file on purpose: the family is sealed, and reading it in one place is its documentation.
public sealed interface Op {

  // ---- layers with weights ---------------------------------------------------------------------

  /// 2-D convolution. Inputs: x `[N,H,W,C]`, weights `[O,KH,KW,C/groups]`, optional bias `[O]`.
  ///
  /// Types: int8 × int8 or int4 weights + int32 bias; int16 × int8 + int64 or int32 bias; float32 ×
  /// float32, float16 or symmetric int8 weights + float32 bias. With int8 weights float activations
  /// are quantized as the model runs ("dynamic range"), but for [TransposeConv2d], which takes the
  /// weights' real values.
  record Conv2d(Window2d window, int groups, Activation activation) implements Op {}

  /// Depthwise convolution. Inputs: x `[N,H,W,C]`, weights `[1,KH,KW,C*multiplier]`, optional bias.
  /// Output channel `c*multiplier + m` reads input channel `c`. Types as [Conv2d].
  record DepthwiseConv2d(Window2d window, int multiplier, Activation activation) implements Op {}

  /// Transposed convolution: scatters each input pixel through the kernel. Inputs: x `[N,H,W,C]`,
  /// weights `[O,KH,KW,C]`, optional bias `[O]`. `window.padTop/padLeft` are cropped from the
  /// output, whose shape is the output tensor's. Types as [Conv2d].
  record TransposeConv2d(Window2d window, Activation activation) implements Op {}

  /// Matrix product `x · weightsᵀ + bias`. Inputs: x (its elements in rows of `I`), weights
  /// `[O,I]`,
  /// optional bias `[O]`. Output: rows of `O`. Types as [Conv2d].
  record FullyConnected(Activation activation) implements Op {}

  /// Batched matrix product with broadcast batch dimensions. Inputs: x `[...,M,K]`, y `[...,K,N]`;
  /// an adjoint flag says that the operand is stored with its last two dimensions exchanged.
  record BatchMatMul(boolean adjointX, boolean adjointY) implements Op {}

  /// Long short-term memory over a sequence, gates input, forget, cell, output; no peepholes, no
  /// projection, no layer normalisation.
  ///
  /// Inputs, in order: x `[B,T,I]` (or `[T,B,I]` when time major); input weights for i, f, c, o
  /// `[U,I]`; recurrent weights for i, f, c, o `[U,U]`; biases for i, f, c, o `[U]`; hidden state
  /// `[B,U]` and cell state `[B,U]`, both variables that the node updates. Output: `[B,T,U]`.
  ///
  /// @param cellClip clamp of the cell state to ±cellClip; 0 for none
  record Lstm(boolean timeMajor, float cellClip) implements Op {}

  /// Singular value decomposition filter. Inputs: x `[B,I]`, feature weights `[F,I]`, time weights
  /// `[F,T]`, state `[B,F*T]` (a variable that the node updates), optional bias `[F/rank]`.
  /// Output: `[B,F/rank]`.
  record Svdf(int rank, Activation activation) implements Op {}

  // ---- pooling and normalisation ---------------------------------------------------------------

  /// Pooling over a window, each channel apart. Average divides by the number of elements inside
  /// the image; L2 is the root of the mean of squares (float only).
  record Pool2d(Kind kind, Window2d window, Activation activation) implements Op {
    /// What is computed over the window.
    public enum Kind {
      AVERAGE,
      MAX,
      L2
    }
  }

  /// Divides by the Euclidean norm over the last dimension.
  record L2Normalization() implements Op {}

  /// `exp(beta·x)` normalised to sum 1 over the last dimension. int8 → int8 or int16, int16,
  /// float32.
  record Softmax(float beta) implements Op {}

  /// Logarithm of the softmax over the last dimension.
  record LogSoftmax() implements Op {}

  // ---- element-wise ----------------------------------------------------------------------------

  /// One input, each element apart.
  record Unary(Kind kind) implements Op {
    /// The function. `ROUND` is half to even; `LOGICAL_NOT` takes booleans; `SOFTPLUS` is
    /// `log(1 + e^x)`; those from `TAN` on are for floats only.
    public enum Kind {
      RELU,
      RELU6,
      RELU_N1_TO_1,
      RELU_0_TO_1,
      ELU,
      HARD_SWISH,
      LOGISTIC,
      TANH,
      ABS,
      NEG,
      SQUARE,
      SQRT,
      RSQRT,
      EXP,
      LOG,
      SIN,
      COS,
      FLOOR,
      CEIL,
      ROUND,
      LOGICAL_NOT,
      TAN,
      ASIN,
      ACOS,
      ATAN,
      SINH,
      COSH,
      ASINH,
      ACOSH,
      ATANH,
      ERF,
      SIGN,
      SOFTPLUS
    }
  }

  /// `x` where positive, `alpha·x` elsewhere.
  record LeakyRelu(float alpha) implements Op {}

  /// `x` where positive, `alpha·x` elsewhere. Inputs: x, alpha (broadcast to x).
  record Prelu() implements Op {}

  /// Two inputs, broadcast by NumPy's rules.
  record Binary(Kind kind, Activation activation) implements Op {
    /// The function of both operands; `POWER` is for floats only.
    public enum Kind {
      ADD,
      SUB,
      MUL,
      DIV,
      FLOOR_DIV,
      FLOOR_MOD,
      SQUARED_DIFFERENCE,
      MINIMUM,
      MAXIMUM,
      POWER
    }
  }

  /// Sum of two or more inputs of equal shape.
  record AddN() implements Op {}

  /// Comparison of two broadcast inputs (quantized ones by their real values); output bool.
  record Compare(Kind kind) implements Op {
    /// The relation.
    public enum Kind {
      EQUAL,
      NOT_EQUAL,
      LESS,
      LESS_EQUAL,
      GREATER,
      GREATER_EQUAL
    }
  }

  /// Logical connective of two broadcast booleans.
  record Logical(Kind kind) implements Op {
    /// The connective.
    public enum Kind {
      AND,
      OR
    }
  }

  /// `condition ? x : y`, all three broadcast. Inputs: condition (bool), x, y.
  record Select() implements Op {}

  // ---- changes of representation ---------------------------------------------------------------

  /// Real value → quantized integer (from float32), or from one quantization to another.
  record Quantize() implements Op {}

  /// Quantized integer → float32, or float16 → float32.
  record Dequantize() implements Op {}

  /// Plain conversion of numbers between element types, as C converts; quantization is ignored.
  record Cast() implements Op {}

  // ---- reductions ------------------------------------------------------------------------------

  /// Reduction over `axes` (sorted, ≥ 0); the output's shape says whether dimensions are kept.
  record Reduce(Kind kind, List<Integer> axes) implements Op {
    public Reduce {
      axes = List.copyOf(axes);
    }

    /// What is computed; `PRODUCT` is for floats and int32 only.
    public enum Kind {
      MEAN,
      SUM,
      MAX,
      MIN,
      PRODUCT
    }
  }

  /// Index of the first largest (or smallest) element along `axis`; output int32 or int64.
  record ArgReduce(boolean largest, int axis) implements Op {}

  /// Running sum along `axis`.
  record CumulativeSum(int axis, boolean exclusive, boolean reverse) implements Op {}

  // ---- movement of data; bytes are copied, never computed on ------------------------------------

  /// The same elements in the output's shape.
  record Reshape() implements Op {}

  /// Adds elements around x. Inputs: x, optional scalar value (absent: real zero).
  record Pad(List<Integer> before, List<Integer> after, Mode mode) implements Op {
    public Pad {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }

    /// What the added elements are: a constant, or x mirrored without (`REFLECT`) or with
    /// (`SYMMETRIC`) its border.
    public enum Mode {
      CONSTANT,
      REFLECT,
      SYMMETRIC
    }
  }

  /// Joins inputs along `axis`.
  record Concat(int axis) implements Op {}

  /// Cuts x along `axis` into the outputs, whose shapes say how much each gets.
  record Split(int axis) implements Op {}

  /// `extents` elements of x in each dimension from `begin` on, `strides` apart (negative:
  /// backwards).
  /// The output has those elements; its shape may drop dimensions of extent 1.
  record Slice(List<Integer> begin, List<Integer> strides, List<Integer> extents) implements Op {
    public Slice {
      begin = List.copyOf(begin);
      strides = List.copyOf(strides);
      extents = List.copyOf(extents);
    }
  }

  /// Exchanges dimensions: output dimension `i` is input dimension `permutation[i]`.
  record Transpose(List<Integer> permutation) implements Op {
    public Transpose {
      permutation = List.copyOf(permutation);
    }
  }

  /// Slices of x along `axis` at int32 indices. Inputs: x, indices. The first `batchDims`
  /// dimensions of both run in step.
  record Gather(int axis, int batchDims) implements Op {}

  /// Slices of x at index tuples. Inputs: x, indices `[...,K]` int32 with K ≤ rank of x.
  record GatherNd() implements Op {}

  /// Repeats x to the output's shape by NumPy's rules.
  record BroadcastTo() implements Op {}

  /// The shape to which two shape vectors broadcast. Inputs and output: 1-D int32 or int64.
  record BroadcastArgs() implements Op {}

  /// Reverses the order of elements along `axes`.
  record Reverse(List<Integer> axes) implements Op {
    public Reverse {
      axes = List.copyOf(axes);
    }
  }

  /// Changes height and width to the output's, by nearest neighbour or bilinear interpolation.
  record Resize(Kind kind, boolean alignCorners, boolean halfPixelCenters) implements Op {
    /// The interpolation.
    public enum Kind {
      NEAREST,
      BILINEAR
    }
  }

  /// Moves `block`×`block` pixels into channels.
  record SpaceToDepth(int block) implements Op {}

  /// Moves channels into `block`×`block` pixels.
  record DepthToSpace(int block) implements Op {}

  /// Pads the spatial dimensions (1 … `block.size()`) and moves blocks of them into the batch.
  record SpaceToBatch(List<Integer> block, List<Integer> padBefore, List<Integer> padAfter)
      implements Op {
    public SpaceToBatch {
      block = List.copyOf(block);
      padBefore = List.copyOf(padBefore);
      padAfter = List.copyOf(padAfter);
    }
  }

  /// Moves the batch into blocks of the spatial dimensions and crops them.
  record BatchToSpace(List<Integer> block, List<Integer> cropBefore, List<Integer> cropAfter)
      implements Op {
    public BatchToSpace {
      block = List.copyOf(block);
      cropBefore = List.copyOf(cropBefore);
      cropAfter = List.copyOf(cropAfter);
    }
  }

  // ---- classical models ------------------------------------------------------------------------

  /// An ensemble of decision trees: each tree leads a row of x to a leaf, and the leaves are
  /// aggregated.
  ///
  /// Inputs, all but x constant: x `[N,F]`; features `[M]` int32, which column of x a node looks
  /// at; thresholds `[M]` of x's type; left and right `[M]` int32; missingLeft `[M]` bool; roots
  /// `[T]` int32; targets `[T]` int32; leaves `[L,W]`; base `[K]`. Output: `[N,K]`.
  ///
  /// A node goes left where `x <= threshold`, or where x is NaN and `missingLeft`. Where it goes is
  /// a later node if ≥ 0, else leaf `-1 - value`; roots are the same. A leaf of tree `t` counts for
  /// the columns from `targets[t]` on, `W` of them. Leaves and base are float32, or leaves int8,
  /// int16 or int32 and base int32; the output is as base. x is float32, int16 or int8; thresholds
  /// are not NaN.
  record TreeEnsemble(Aggregate aggregate) implements Op {
    /// How the leaves of the trees become one number. `SUM` adds to base one tree after the other
    /// in float32, or wrapping around in int32. The others, for floats with `W = K` only, add base
    /// at the end; `MEAN` divides the sum by the number of trees.
    public enum Aggregate {
      SUM,
      MEAN,
      MIN,
      MAX
    }
  }

  /// How near rows of x are to each of some vectors. Inputs, float32: x `[N,F]`, vectors `[S,F]`,
  /// for `SQUARED_DISTANCE` optional weights `[S,F]`. Output: `[N,S]`.
  ///
  /// @param gamma factor of the product or distance; 1 for those that have none
  /// @param offset added to the scaled product; 0 for those that have none
  /// @param degree exponent of `POLYNOMIAL`, ≥ 0; 1 for the others
  record KernelMatrix(Kind kind, float gamma, float offset, int degree) implements Op {
    /// `LINEAR` x·v; `POLYNOMIAL` (gamma·x·v + offset)^degree; `RBF` exp(-gamma·|x-v|²); `SIGMOID`
    /// tanh(gamma·x·v + offset); `SQUARED_DISTANCE` Σ w·(x-v)²; `MANHATTAN` Σ |x-v|.
    public enum Kind {
      LINEAR,
      POLYNOMIAL,
      RBF,
      SIGMOID,
      SQUARED_DISTANCE,
      MANHATTAN
    }
  }

  /// Mean of the values of the nearest prototypes. Inputs, float32: distances `[N,S]`, values
  /// `[S,K]`. Output: `[N,K]`. Of equal distances the first is the nearer.
  ///
  /// @param neighbours how many count; from 1 to `S`
  /// @param weighting how much each counts
  record NearestVote(int neighbours, Weighting weighting) implements Op {
    /// `UNIFORM` all the same; `INVERSE` by 1/distance, `INVERSE_ROOT` by 1/√distance; those at
    /// distance 0 alone where there are any.
    public enum Weighting {
      UNIFORM,
      INVERSE,
      INVERSE_ROOT
    }
  }

  // ---- state -----------------------------------------------------------------------------------

  /// The present contents of state tensor `variable`. No inputs.
  record ReadVariable(String variable) implements Op {}

  /// Overwrites state tensor `variable`. Input: the new contents. No output.
  record AssignVariable(String variable) implements Op {}

  // ---- the open door ---------------------------------------------------------------------------

  /// An operator that a third party defines; the built-in compiler refuses it.
  ///
  /// @param name the operator's name
  /// @param attributes its attributes as text
  record CustomOp(String name, Map<String, String> attributes) implements Op {
    public CustomOp {
      attributes = Map.copyOf(attributes);
    }
  }

  /// Name of the operator as reports print it: the record's name, with its kind where it has one.
  default String label() {
    return switch (this) {
      case Unary u -> camel(u.kind);
      case Binary b -> camel(b.kind);
      case Compare c -> camel(c.kind);
      case Logical l -> "Logical" + camel(l.kind);
      case Reduce r -> "Reduce" + camel(r.kind);
      case Pool2d p -> camel(p.kind) + "Pool2d";
      case Resize r -> "Resize" + camel(r.kind);
      case KernelMatrix k -> camel(k.kind) + "Kernel";
      case ArgReduce a -> a.largest ? "ArgMax" : "ArgMin";
      case CustomOp c -> c.name;
      default -> getClass().getSimpleName();
    };
  }

  private static String camel(Enum<?> kind) {
    StringBuilder name = new StringBuilder();
    for (String part : kind.name().split("_", -1)) {
      name.append(part.charAt(0)).append(part.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return name.toString();
  }
}
