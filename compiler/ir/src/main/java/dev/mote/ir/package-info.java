/// The intermediate representation (IR) that every stage of Mote reads and writes.
///
/// A [Graph] is an immutable value: [Node]s in execution order, [Tensor]s by name. A node applies
/// an [Op] — a sealed family of records — to input tensors. Weights are constant tensors that hold
/// a [Blob]. Arithmetic on quantized tensors follows TFLite's quantization specification, see
/// [Quantization].
///
/// ```java
/// Graph graph = ...;
/// List<Diagnostic> problems = Verifier.verify(graph);
/// String text = GraphText.print(graph);
/// assert GraphText.parse(text).equals(graph);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.ir;
