package dev.mote.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MovementsTest {

  /// Zero point 9, so that real zero shows.
  private static TensorType int8(int... dims) {
    return new TensorType(ElementType.INT8, Shape.of(dims), new Quantization.PerTensor(0.5f, 9));
  }

  private static TensorType int32(int... dims) {
    return TensorType.plain(ElementType.INT32, Shape.of(dims));
  }

  private static Value value(TensorType type, long... elements) {
    Value value = Value.zeros(type);
    for (int i = 0; i < elements.length; i++) {
      value.set(i, elements[i]);
    }
    return value;
  }

  /// 1, 2, 3 …
  private static Value counting(TensorType type) {
    return value(type, LongStream.rangeClosed(1, type.shape().count()).toArray());
  }

  private static List<List<Long>> runAll(Op op, List<Value> inputs, TensorType... results) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<String> inputNames = new ArrayList<>();
    List<String> outputNames = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      inputNames.add("x" + i);
      tensors.put("x" + i, Tensor.activation("x" + i, inputs.get(i).type()));
    }
    for (int i = 0; i < results.length; i++) {
      outputNames.add("y" + i);
      tensors.put("y" + i, Tensor.activation("y" + i, results[i]));
    }
    Graph graph =
        new Graph(
            "g",
            tensors,
            List.of(new Node("n", op, inputNames, outputNames)),
            inputNames,
            outputNames,
            List.of(),
            List.of());
    Interpreter interpreter = new Interpreter(graph);
    interpreter.run(inputs.stream().map(Value::toBytes).toList());
    List<List<Long>> outputs = new ArrayList<>();
    for (String name : outputNames) {
      Value output = interpreter.get(name);
      List<Long> elements = new ArrayList<>();
      for (int i = 0; i < output.count(); i++) {
        elements.add(output.integer(i));
      }
      outputs.add(elements);
    }
    return outputs;
  }

  private static List<Long> run(Op op, TensorType result, Value... inputs) {
    return runAll(op, List.of(inputs), result).getFirst();
  }

  @Test
  void paddingIsTheZeroPoint() {
    Op pad = new Op.Pad(List.of(1, 0), List.of(0, 2), Op.Pad.Mode.CONSTANT);
    assertThat(run(pad, int8(3, 4), counting(int8(2, 2))))
        .containsExactly(9L, 9L, 9L, 9L, 1L, 2L, 9L, 9L, 3L, 4L, 9L, 9L);
  }

  @Test
  void paddingIsTheGivenValue() {
    Op pad = new Op.Pad(List.of(1), List.of(1), Op.Pad.Mode.CONSTANT);
    assertThat(run(pad, int8(4), counting(int8(2)), value(int8(), -7)))
        .containsExactly(-7L, 1L, 2L, -7L);
  }

  @Test
  void mirrorsStandOnTheBorderOrBehindIt() {
    Op reflect = new Op.Pad(List.of(2), List.of(1), Op.Pad.Mode.REFLECT);
    Op symmetric = new Op.Pad(List.of(2), List.of(1), Op.Pad.Mode.SYMMETRIC);
    assertThat(run(reflect, int8(6), counting(int8(3)))).containsExactly(3L, 2L, 1L, 2L, 3L, 2L);
    assertThat(run(symmetric, int8(6), counting(int8(3)))).containsExactly(2L, 1L, 1L, 2L, 3L, 3L);
  }

  @Test
  void concatAndSplitAreInverse() {
    Value left = value(int32(2, 1), 1, 4);
    Value right = value(int32(2, 2), 2, 3, 5, 6);
    assertThat(run(new Op.Concat(1), int32(2, 3), left, right))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(runAll(new Op.Split(1), List.of(counting(int32(2, 3))), int32(2, 1), int32(2, 2)))
        .containsExactly(List.of(1L, 4L), List.of(2L, 3L, 5L, 6L));
  }

  @Test
  void sliceMayRunBackwards() {
    Op slice = new Op.Slice(List.of(1, 3), List.of(1, -2), List.of(1, 2));
    assertThat(run(slice, int32(2), counting(int32(2, 4)))).containsExactly(8L, 6L);
  }

  @Test
  void transposeExchangesDimensions() {
    assertThat(run(new Op.Transpose(List.of(2, 0, 1)), int32(3, 1, 2), counting(int32(1, 2, 3))))
        .containsExactly(1L, 4L, 2L, 5L, 3L, 6L);
  }

  @Test
  void reverseTurnsOnlyItsAxes() {
    assertThat(run(new Op.Reverse(List.of(1)), int32(2, 3), counting(int32(2, 3))))
        .containsExactly(3L, 2L, 1L, 6L, 5L, 4L);
  }

  @Test
  void gatherTakesTheNearestOfAnIllegalIndex() {
    assertThat(
            run(new Op.Gather(1, 0), int32(2, 3), counting(int32(2, 2)), value(int32(3), 1, -5, 7)))
        .containsExactly(2L, 1L, 2L, 4L, 3L, 4L);
  }

  @Test
  void gatherRunsBatchesInStep() {
    assertThat(
            run(new Op.Gather(1, 1), int32(2, 1), counting(int32(2, 3)), value(int32(2, 1), 2, 0)))
        .containsExactly(3L, 4L);
  }

  @Test
  void gatherNdTakesSlicesAtTuples() {
    assertThat(
            run(
                new Op.GatherNd(),
                int32(2, 2),
                counting(int32(2, 2, 2)),
                value(int32(2, 2), 1, 0, 0, 1)))
        .containsExactly(5L, 6L, 3L, 4L);
  }

  @Test
  void broadcastRepeats() {
    assertThat(run(new Op.BroadcastTo(), int32(2, 2, 3), counting(int32(2, 1))))
        .containsExactly(1L, 1L, 1L, 2L, 2L, 2L, 1L, 1L, 1L, 2L, 2L, 2L);
    assertThat(run(new Op.BroadcastArgs(), int32(3), value(int32(3), 1, 5, 1), value(int32(1), 7)))
        .containsExactly(1L, 5L, 7L);
  }

  @Test
  void nearestNeighbourRepeatsPixels() {
    Op resize = new Op.Resize(Op.Resize.Kind.NEAREST, false, false);
    assertThat(run(resize, int8(1, 1, 5, 1), counting(int8(1, 1, 2, 1))))
        .containsExactly(1L, 1L, 1L, 2L, 2L);
  }

  @Test
  void bilinearRoundsOnceAwayFromZero() {
    Op resize = new Op.Resize(Op.Resize.Kind.BILINEAR, true, false);
    // -3 … 4 in thirds: -0.67 and 1.67; with corners aligned the scale is 1/3 · 1024 = 341.
    assertThat(run(resize, int8(1, 1, 4, 1), value(int8(1, 1, 2, 1), -3, 4)))
        .containsExactly(-3L, -1L, 2L, 4L);
    assertThat(run(resize, int8(1, 1, 3, 1), value(int8(1, 1, 2, 1), -2, -1)))
        .containsExactly(-2L, -2L, -1L);
  }

  @Test
  void blocksBecomeChannelsAndReturn() {
    Value space = counting(int32(1, 2, 4, 1));
    List<Long> moved = List.of(1L, 2L, 5L, 6L, 3L, 4L, 7L, 8L);
    assertThat(run(new Op.SpaceToDepth(2), int32(1, 1, 2, 4), space)).isEqualTo(moved);
    assertThat(
            run(
                new Op.DepthToSpace(2),
                int32(1, 2, 4, 1),
                value(int32(1, 1, 2, 4), 1, 2, 5, 6, 3, 4, 7, 8)))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
  }

  @Test
  void blocksBecomeBatchesAndReturn() {
    Op toBatch = new Op.SpaceToBatch(List.of(2), List.of(1), List.of(0));
    assertThat(run(toBatch, int8(2, 2, 1), counting(int8(1, 3, 1))))
        .containsExactly(9L, 2L, 1L, 3L);
    Op toSpace = new Op.BatchToSpace(List.of(2), List.of(1), List.of(0));
    assertThat(run(toSpace, int8(1, 3, 1), value(int8(2, 2, 1), 9, 2, 1, 3)))
        .containsExactly(1L, 2L, 3L);
  }
}
