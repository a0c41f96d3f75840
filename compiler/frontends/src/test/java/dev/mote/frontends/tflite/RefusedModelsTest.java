package dev.mote.frontends.tflite;

import static dev.mote.frontends.tflite.DraftModel.of;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.Conv2DOptionsT;
import dev.mote.frontends.tflite.schema.TensorType;
import dev.mote.ir.Shape;
import dev.mote.plugin.ModelReader.Io;
import dev.mote.plugin.ModelReader.Options;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RefusedModelsTest {

  private static final String DAMAGED =
      "\n  Fix: the file is damaged or was written wrongly: export the model again.";
  private static final String QUANTIZE =
      "\n  Fix: quantize the model again with TFLite's converter.";

  static List<Arguments> faults() {
    return List.of(
        fault(
            m -> m.model.setVersion(2),
            "MOTE-1003 m.tflite: it has schema version 2; only version 3 is supported"
                + "\n  Fix: export the model with TensorFlow 1.7 or newer."),
        fault(
            m -> m.inputs(7),
            "MOTE-1010 m.tflite: tensor #7 is used, but there are only 2"
                + DAMAGED
                + "\nMOTE-1030 m.tflite, RELU 'y' (op #0): it reads 'x', which is no input, no"
                + " constant, and computed by no operator"
                + DAMAGED),
        fault(
            m -> m.last().setBuffer(9),
            "MOTE-1010 m.tflite, tensor 'y': its buffer #9 does not exist; there are 1" + DAMAGED),
        fault(
            m -> m.last().setShape(new int[] {1, -3}),
            "MOTE-1011 m.tflite, tensor 'y': dimension 1 is -3" + DAMAGED),
        fault(
            m -> m.last().setShape(new int[] {1 << 20, 1 << 20}),
            "MOTE-1004 m.tflite, tensor 'y': a tensor of shape [1048576, 1048576] has more than"
                + " 256 MiB\n  Fix: no microcontroller holds such a tensor: use a smaller model or"
                + " input."),
        fault(
            m -> m.last().setShape(new int[] {2, 2}),
            "MOTE-1017 m.tflite, RELU 'y' (op #0): the file gives 'y' the shape [2x2], but it is"
                + " computed as [1x4]"
                + DAMAGED),
        fault(
            m -> m.tensor("c", TensorType.FLOAT32, 2).data((byte) 1).outputs(1, 2),
            "MOTE-1012 m.tflite, tensor 'c': its buffer has 1 bytes, but its type float32[2] needs"
                + " 8"
                + DAMAGED),
        fault(
            m -> m.last().setType(TensorType.COMPLEX64),
            "MOTE-1015 m.tflite, tensor 'y': its element type complex64 is not supported\n  Fix:"
                + " convert the model so that this tensor is int8, int16, int32, int64, float32 or"
                + " bool."),
        fault(
            m -> m.operator(BuiltinOperator.CUSTOM, null, of(0)).lastCode().setCustomCode("Flex"),
            "MOTE-1021 m.tflite, CUSTOM 'x' (op #1): custom operator 'Flex' is not supported\n "
                + " Fix: replace it by TFLite's own operators, or leave it out of the model and"
                + " compute it in the application."),
        fault(
            m ->
                m.tensor("w", TensorType.FLOAT32, 1, 4)
                    .operator(BuiltinOperator.WHILE, null, of(0), 2)
                    .tensor("u", TensorType.FLOAT32, 1, 4)
                    .operator(BuiltinOperator.GELU, null, of(0), 3),
            "MOTE-1022 m.tflite, WHILE 'w' (op #1): control flow is not supported\n  Fix: unroll or"
                + " leave out the loop or branch in the model, or split it into several models that"
                + " the application calls."
                + "\nMOTE-1020 m.tflite, GELU 'u' (op #2): the operator is not supported\n  Fix:"
                + " replace it in the model, or leave it out and compute it in the application."),
        fault(
            m ->
                m.tensor("z", TensorType.INT32, 1, 4)
                    .operator(BuiltinOperator.RELU, null, of(0), 2),
            "MOTE-1023 m.tflite, RELU 'z' (op #1): it is not supported for float32 → int32\n  Fix:"
                + " use one of: int8|int16|float32 → same."),
        fault(
            m ->
                m.tensor("z", TensorType.FLOAT32, 1, 4)
                    .tensor("s", TensorType.INT32, 2)
                    .inputs(0, 3)
                    .operator(BuiltinOperator.BROADCAST_TO, null, of(0, 3), 2),
            "MOTE-1025 m.tflite, BROADCAST_TO 'z' (op #1): the shape ('s') is computed at run time;"
                + " it must be a constant\n  Fix: make it a constant in the model: sizes and"
                + " positions are fixed when Mote compiles."),
        fault(
            m ->
                m.tensor("z", TensorType.FLOAT32, 1, 4)
                    .operator(BuiltinOperator.RELU, null, of(0, 0), 2),
            "MOTE-1023 m.tflite, RELU 'z' (op #1): it is not supported for float32 × float32 →"
                + " float32\n  Fix: use one of: int8|int16|float32 → same."),
        fault(
            m ->
                m.tensor("z", TensorType.FLOAT32, 1, 5)
                    .tensor("v", TensorType.FLOAT32, 1, 5)
                    .inputs(0, 3)
                    .operator(BuiltinOperator.ADD, null, of(0, 3), 2),
            "MOTE-1028 m.tflite, ADD 'z' (op #1): 1x4 and 1x5 do not broadcast" + DAMAGED),
        fault(
            m ->
                m.tensor("a", TensorType.FLOAT32, 1, 4)
                    .tensor("b", TensorType.FLOAT32, 1, 4)
                    .operator(BuiltinOperator.RELU, null, of(3), 2)
                    .operator(BuiltinOperator.RELU, null, of(2), 3),
            "MOTE-1030 m.tflite, RELU 'a' (op #1): it reads 'b' before it is computed (operators"
                + " out of order, or a cycle)"
                + DAMAGED),
        fault(
            m -> m.operator(BuiltinOperator.RELU6, null, of(0), 1),
            "MOTE-1031 m.tflite, RELU6 'y' (op #1): it computes 'y', which is an input, a constant,"
                + " a state or another result"
                + DAMAGED),
        fault(m -> m.outputs(), "MOTE-1032 m.tflite: the model has no outputs" + DAMAGED),
        fault(m -> m.inputs(0, 0), "MOTE-1032 m.tflite: input 'x' is listed twice" + DAMAGED),
        fault(
            m -> m.signature("serving_default", Map.of("in", 0), Map.of("out", 0)),
            "MOTE-1006 m.tflite, signature 'serving_default': its output 'out' is tensor 'x', which"
                + " is no output of the model"
                + DAMAGED));
  }

  private static Arguments fault(Consumer<DraftModel> change, String message) {
    return Arguments.of(change, message);
  }

  /// Each row spoils a model of one RELU and gives the whole message.
  @ParameterizedTest
  @MethodSource("faults")
  void aSpoiltModelIsRefusedWithTheReason(Consumer<DraftModel> change, String message) {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, 1, 4)
            .tensor("y", TensorType.FLOAT32, 1, 4)
            .operator(BuiltinOperator.RELU, null, of(0), 1)
            .inputs(0)
            .outputs(1);
    change.accept(draft);
    assertThat(draft.problems()).isEqualTo(message);
  }

  static List<Arguments> quantizations() {
    return List.of(
        Arguments.of(
            (Consumer<DraftModel>) m -> m.last().setQuantization(null),
            "MOTE-1014 m.tflite, RELU 'y' (op #0): an operand lacks its scale, or has a zero point"
                + " where there must be none, in int8 → int8"
                + QUANTIZE),
        Arguments.of(
            (Consumer<DraftModel>) m -> m.quantized(Double.NaN, 0),
            "MOTE-1013 m.tflite, tensor 'y': its scale is NaN" + QUANTIZE),
        Arguments.of(
            (Consumer<DraftModel>) m -> m.quantized(0, 0),
            "MOTE-1013 m.tflite, tensor 'y': its scale is 0.0" + QUANTIZE),
        Arguments.of(
            (Consumer<DraftModel>) m -> m.quantized(1e30, 0),
            "MOTE-1013 m.tflite, tensor 'y': its scale is 1.0E30" + QUANTIZE),
        Arguments.of(
            (Consumer<DraftModel>) m -> m.quantized(1, 128),
            "MOTE-1013 m.tflite, tensor 'y': its zero point 128 is no int8 number" + QUANTIZE),
        Arguments.of(
            (Consumer<DraftModel>) m -> m.last().getQuantization().setScale(new float[3]),
            "MOTE-1013 m.tflite, tensor 'y': it has 3 scales for the 1 slices of dimension 0"
                + QUANTIZE));
  }

  @ParameterizedTest
  @MethodSource("quantizations")
  void absurdQuantizationIsRefused(Consumer<DraftModel> change, String message) {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.INT8, 1, 4)
            .quantized(0.5, 0)
            .tensor("y", TensorType.INT8, 1, 4)
            .quantized(0.5, 0)
            .operator(BuiltinOperator.RELU, null, of(0), 1)
            .inputs(0)
            .outputs(1);
    change.accept(draft);
    assertThat(draft.problems()).isEqualTo(message);
  }

  @Test
  void aStrideOfZeroIsRefused() {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, 1, 4, 4, 1)
            .tensor("w", TensorType.FLOAT32, 1, 1, 1, 1)
            .data(new byte[4])
            .tensor("y", TensorType.FLOAT32, 1, 4, 4, 1)
            .operator(BuiltinOperator.CONV_2D, new Conv2DOptionsT(), of(0, 1), 2)
            .inputs(0)
            .outputs(2);
    assertThat(draft.problems())
        .isEqualTo(
            "MOTE-1024 m.tflite, CONV_2D 'y' (op #0): its kernel 1x1, stride 0x0 and dilation 1x1"
                + " must be between 1 and 65536"
                + DAMAGED);
  }

  @Test
  void everyProblemIsReportedAtOnceAndOnlyOnce() {
    DraftModel draft = new DraftModel().tensor("x", TensorType.FLOAT32, 1, 4).inputs(0);
    for (int i = 1; i <= 3; i++) {
      draft
          .tensor("y" + i, TensorType.FLOAT32, 1, 4)
          .operator(i == 2 ? BuiltinOperator.RELU : BuiltinOperator.GELU, null, of(i - 1), i);
    }
    assertThat(draft.outputs(3).problems().lines().filter(l -> l.startsWith("MOTE")))
        .containsExactly(
            "MOTE-1020 m.tflite, GELU 'y1' (op #0): the operator is not supported",
            "MOTE-1020 m.tflite, GELU 'y3' (op #2): the operator is not supported");
  }

  @Test
  void bytesThatAreNoModelAreRefused() {
    assertThat(DraftModel.problems(new byte[3], Options.standard()))
        .isEqualTo(
            "MOTE-1001 m.tflite: it has 3 bytes, too few for a TFLite model"
                + "\n  Fix: give a .tflite file.");
    assertThat(DraftModel.problems(new byte[300], Options.standard()))
        .isEqualTo(
            "MOTE-1001 m.tflite: bytes 4 to 7 are not 'TFL3', the mark of a TFLite model"
                + "\n  Fix: give a .tflite file; other formats need to be converted first.");
    byte[] whole = new DraftModel().tensor("x", TensorType.FLOAT32, 1).bytes();
    assertThat(DraftModel.problems(Arrays.copyOf(whole, whole.length / 2), Options.standard()))
        .startsWith("MOTE-1002 m.tflite: it is damaged: ")
        .endsWith(
            " lies outside of the file\n  Fix: copy or download the file again; if it stays so,"
                + " export the model again.");
  }

  @Test
  void aShapeThatDoesNotFitIsRefused() {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, 1, 4)
            .tensor("y", TensorType.FLOAT32, 1, 4)
            .operator(BuiltinOperator.RELU, null, of(0), 1)
            .inputs(0)
            .outputs(1);
    assertThat(DraftModel.problems(draft.bytes(), new Options(Map.of("z", Shape.of(1)), Io.MODEL)))
        .isEqualTo(
            "MOTE-1019 m.tflite: a shape is given for 'z', but there is no such input"
                + "\n  Fix: name one of the model's inputs: 'x'.");
    assertThat(DraftModel.problems(draft.bytes(), new Options(Map.of("x", Shape.of(1)), Io.MODEL)))
        .isEqualTo(
            "MOTE-1019 m.tflite, input 'x': the given shape [1] does not fit the model's [1, 4]"
                + "\n  Fix: give a shape that differs only where the model has -1.");
  }
}
