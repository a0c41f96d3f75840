package dev.mote.testkit.writers;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A written model in ONNX Runtime, fed and read as bytes.
final class OnnxRun implements AutoCloseable {

  /// On x86 processors without VNNI, fused layers of integers add two products in 16 bits, which
  /// saturate, so that the results depend on the machine. This makes ONNX Runtime take kernels that
  /// do not (`kOrtSessionOptionsAvx2PrecisionMode`).
  private static final String WITHOUT_SATURATION = "session.x64quantprecision";

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
  private final OrtSession session;
  private final Graph graph;

  /// @param graph what was written, whose inputs and outputs the file has
  OnnxRun(Graph graph, Blob file, OptLevel level) throws OrtException {
    this.graph = graph;
    options.setOptimizationLevel(level);
    options.setIntraOpNumThreads(1);
    options.addConfigEntry(WITHOUT_SATURATION, "1");
    options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    session = environment.createSession(file.toByteArray(), options);
  }

  /// The outputs for `inputs`, in the graph's order.
  List<byte[]> run(List<byte[]> inputs) throws OrtException {
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Tensor tensor = graph.tensor(graph.inputs().get(i));
      fed.put(tensor.name(), tensor(tensor, inputs.get(i)));
    }
    try (OrtSession.Result result = session.run(fed)) {
      List<byte[]> outputs = new ArrayList<>();
      for (String name : graph.outputs()) {
        outputs.add(bytes((OnnxTensor) result.get(name).orElseThrow(), graph.tensor(name)));
      }
      return outputs;
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(Tensor tensor, byte[] bytes) throws OrtException {
    long[] dims = tensor.shape().dims().stream().mapToLong(Integer::longValue).toArray();
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
    buffer.put(bytes).flip();
    OnnxJavaType type =
        switch (tensor.element()) {
          case INT8 -> OnnxJavaType.INT8;
          case UINT8 -> OnnxJavaType.UINT8;
          case INT16 -> OnnxJavaType.INT16;
          case INT32 -> OnnxJavaType.INT32;
          case INT64 -> OnnxJavaType.INT64;
          case BOOL -> OnnxJavaType.BOOL;
          case FLOAT16 -> OnnxJavaType.FLOAT16;
          case FLOAT32 -> OnnxJavaType.FLOAT;
          case INT4 -> throw new IllegalArgumentException("int4 at the border");
        };
    return OnnxTensor.createTensor(environment, buffer, dims, type);
  }

  private static byte[] bytes(OnnxTensor tensor, Tensor described) {
    assert described.element() != ElementType.INT4;
    ByteBuffer buffer = tensor.getByteBuffer().order(ByteOrder.nativeOrder());
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Override
  public void close() throws OrtException {
    session.close();
    options.close();
  }
}
