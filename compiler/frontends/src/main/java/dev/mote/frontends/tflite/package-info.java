/// Reads and writes TensorFlow Lite models (`.tflite`, FlatBuffers, schema version 3 with all its
/// additions).
///
/// [TfliteReader] checks the bytes ([FlatbufferCheck]), then [ModelImport] walks the operators of
/// one subgraph: [OperatorReaders] names the function of each operator, [OperatorTypes] the types
/// that it takes, and an [OperatorView] is what that function sees. Everything that is wrong
/// becomes a diagnostic of [ReadProblem].
///
/// ```java
/// Result result = new TfliteReader().read(Blob.of(bytes), "kws.tflite", Options.standard());
/// Graph graph = ((Result.Model) result).graph();
/// ```
///
/// [TfliteWriter] goes the other way: a [GraphExport] walks the nodes, [OperatorWriters] names the
/// function that writes each, and a [NodeExport] is what that function sees.
@org.jspecify.annotations.NullMarked
package dev.mote.frontends.tflite;
