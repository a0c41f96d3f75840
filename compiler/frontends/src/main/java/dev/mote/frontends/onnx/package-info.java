/// Reads ONNX models (`.onnx`, Protocol Buffers), operator sets 7 to 22 of the standard domain.
///
/// [OnnxReader] checks the bytes, [OnnxImport] walks the nodes in order. [Operators] names the
/// function that reads each operator; it sees a [NodeView] and draws with [Blocks] into a
/// [Drawing], which computes at once what depends on constants only ([Folding]). ONNX computes on
/// images channels first, the graph channels last: each layer is drawn between two transpositions,
/// which [ChannelsLast] then pushes away. [FuseQuantized] makes operators on int8 of those between
/// quantizations. Everything that is wrong becomes a diagnostic of [OnnxProblem].
///
/// ```java
/// Result result = new OnnxReader().read(Blob.of(bytes), "kws.onnx", Options.standard());
/// Graph graph = ((Result.Model) result).graph();
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.frontends.onnx;
