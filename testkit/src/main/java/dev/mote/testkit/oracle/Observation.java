package dev.mote.testkit.oracle;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.mote.frontends.tflite.schema.BufferT;
import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.ModelT;
import dev.mote.frontends.tflite.schema.OperatorT;
import dev.mote.frontends.tflite.schema.SignatureDefT;
import dev.mote.frontends.tflite.schema.SubGraphT;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/// Makes the tensors between operators visible, so that a difference can be located.
final class Observation {

  private Observation() {}

  /// `model` with the result of every operator as a further output, which keeps TFLite from reusing
  /// its memory; the model's own outputs stay first.
  static byte[] ofEveryOperator(byte[] model) {
    ModelT unpacked = Model.getRootAsModel(ByteBuffer.wrap(model)).unpack();
    SubGraphT graph = unpacked.getSubgraphs()[0];
    Set<Integer> outputs = new LinkedHashSet<>();
    for (int output : graph.getOutputs()) {
      outputs.add(output);
    }
    for (OperatorT operator : graph.getOperators()) {
      for (int output : operator.getOutputs()) {
        outputs.add(output);
      }
    }
    graph.setOutputs(outputs.stream().mapToInt(Integer::intValue).toArray());
    return pack(unpacked);
  }

  /// Operator `index` of `model` alone, with those of its operands that are no constants as inputs.
  static byte[] ofOperator(byte[] model, int index) {
    ModelT unpacked = Model.getRootAsModel(ByteBuffer.wrap(model)).unpack();
    SubGraphT graph = unpacked.getSubgraphs()[0];
    OperatorT operator = graph.getOperators()[index];
    graph.setOperators(new OperatorT[] {operator});
    graph.setOutputs(operator.getOutputs());
    graph.setInputs(
        Arrays.stream(operator.getInputs())
            .filter(input -> input >= 0)
            .filter(
                input ->
                    unpacked.getBuffers()[(int) graph.getTensors()[input].getBuffer()].getData()
                            .length
                        == 0)
            .toArray());
    unpacked.setSignatureDefs(new SignatureDefT[0]);
    return pack(unpacked);
  }

  static int operators(byte[] model) {
    return Model.getRootAsModel(ByteBuffer.wrap(model)).subgraphs(0).operatorsLength();
  }

  private static byte[] pack(ModelT unpacked) {
    // A buffer without data must have none: TFLite takes an empty vector for contents.
    BufferT[] buffers = unpacked.getBuffers();
    for (int i = 0; i < buffers.length; i++) {
      if (buffers[i].getData().length == 0) {
        buffers[i] = new BufferT();
      }
    }
    FlatBufferBuilder builder = new FlatBufferBuilder(1024);
    Model.finishModelBuffer(builder, Model.pack(builder, unpacked));
    return builder.sizedByteArray();
  }
}
