package dev.mote.testkit.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mote.frontends.onnx.OnnxReader;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Op;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.differential.HostBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whole networks by ONNX Runtime, the reference interpreter and emitted C.
class OnnxRuntimeTest {

  private static final int NETWORKS = 12;
  private static final int INPUTS = 4;

  @Test
  void floatNetworksGiveWhatOnnxRuntimeGives() throws OrtException {
    for (int seed = 0; seed < NETWORKS; seed++) {
      compare(new RandomNetwork(seed).real(), seed, 0);
    }
  }

  /// Mote and ONNX Runtime round at different places: outputs may differ by few steps.
  @Test
  void quantizedNetworksGiveWhatOnnxRuntimeGives() throws OrtException {
    for (int seed = 0; seed < NETWORKS; seed++) {
      ModelProto model = new RandomNetwork(seed).quantized();
      Graph graph = graph(model);
      assertThat(graph.nodes().stream().filter(n -> n.op() instanceof Op.Conv2d))
          .as("convolutions of network %d", seed)
          .isNotEmpty()
          .allMatch(n -> graph.output(n).element() == ElementType.INT8);
      compare(model, seed, 3 * RandomNetwork.LAST_SCALE);
    }
  }

  private static Graph graph(ModelProto model) {
    return switch (new OnnxReader()
        .read(Blob.of(model.toByteArray()), "net.onnx", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }

  private static void compare(ModelProto model, int seed, float absolute) throws OrtException {
    Graph graph = graph(model);
    Interpreter interpreter = new Interpreter(graph);
    HostBatch batch = new HostBatch();
    assertThat(batch.add(graph)).isEmpty();
    Random random = new Random(seed);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (HostBatch.Library library = batch.build();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      try (OrtSession session = environment.createSession(model.toByteArray(), options)) {
        for (int i = 0; i < INPUTS; i++) {
          float[] x = new float[RandomNetwork.PIXELS];
          ByteBuffer bytes = ByteBuffer.allocate(4 * x.length).order(ByteOrder.LITTLE_ENDIAN);
          for (int k = 0; k < x.length; k++) {
            x[k] = random.nextFloat() * 2 - 1;
            bytes.putFloat(x[k]);
          }
          float[] expected;
          try (OnnxTensor input =
                  OnnxTensor.createTensor(
                      environment, FloatBuffer.wrap(x), RandomNetwork.INPUT_SHAPE);
              OrtSession.Result result = session.run(Map.of("x", input))) {
            expected = ((OnnxTensor) result.get(0)).getFloatBuffer().array();
          }
          List<byte[]> inputs = List.of(bytes.array());
          close(expected, interpreter.run(inputs).getFirst(), absolute, "interpreter, " + seed);
          close(expected, library.start(0).run(inputs).getFirst(), absolute, "C, " + seed);
        }
      }
    }
  }

  private static void close(float[] expected, byte[] actual, float absolute, String where) {
    ByteBuffer bytes = ByteBuffer.wrap(actual).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(actual).hasSize(4 * expected.length);
    for (int i = 0; i < expected.length; i++) {
      double bound = absolute + 1e-5 + 1e-3 * Math.abs(expected[i]);
      assertThat(Math.abs(bytes.getFloat(4 * i) - expected[i]))
          .as("%s, element %d of %s", where, i, expected[i])
          .isLessThanOrEqualTo((float) bound);
    }
  }
}
