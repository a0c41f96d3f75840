package dev.mote.frontends.tflite;

import static dev.mote.frontends.tflite.DraftModel.of;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsT;
import dev.mote.frontends.tflite.schema.PackOptionsT;
import dev.mote.frontends.tflite.schema.ReshapeOptionsT;
import dev.mote.frontends.tflite.schema.StridedSliceOptionsT;
import dev.mote.frontends.tflite.schema.TensorType;
import dev.mote.frontends.tflite.schema.VarHandleOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.ModelReader.Io;
import dev.mote.plugin.ModelReader.Options;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportTest {

  private static final Options MODEL = Options.standard();
  private static final Options INT8 = new Options(Map.of(), Io.INT8);

  @Test
  void theReaderIsFoundAsAService() {
    assertThat(ServiceLoader.load(ModelReader.class).stream().map(p -> p.get().format()))
        .contains("tflite");
  }

  // ---- uint8
  // -------------------------------------------------------------------------------------

  private static DraftModel uint8Sum() {
    return new DraftModel()
        .tensor("x", TensorType.UINT8, 1, 2)
        .quantized(0.5, 100)
        .tensor("c", TensorType.UINT8, 1, 2)
        .quantized(0.25, 0)
        .data((byte) 0, (byte) 255)
        .tensor("y", TensorType.UINT8, 1, 2)
        .quantized(1, 255)
        .operator(BuiltinOperator.ADD, null, of(0, 1), 2)
        .inputs(0)
        .outputs(2);
  }

  @Test
  void uint8BecomesInt8WithinAndStaysAtTheBorder() {
    assertThat(uint8Sum().nodes(MODEL))
        .isEqualTo(
            """
            input "x"
            output "y"
            node "x/int8" Quantize "x" -> "x/int8"
            node "y/int8" Binary(kind: ADD, activation: NONE) "x/int8" "c" -> "y/int8"
            node "y" Quantize "y/int8" -> "y\"""");
    Graph graph = uint8Sum().read();
    assertThat(graph.tensor("x").element()).isEqualTo(ElementType.UINT8);
    assertThat(graph.tensor("x").quantization()).isEqualTo(new Quantization.PerTensor(0.5f, 100));
    assertThat(graph.tensor("x/int8").quantization())
        .isEqualTo(new Quantization.PerTensor(0.5f, -28));
    assertThat(graph.tensor("c").quantization()).isEqualTo(new Quantization.PerTensor(0.25f, -128));
    assertThat(graph.tensor("c").constantIntegers()).containsExactly(-128, 127);
    assertThat(graph.tensor("y").quantization()).isEqualTo(new Quantization.PerTensor(1, 255));
  }

  @Test
  void uint8IsInt8AtTheBorderToo() {
    assertThat(uint8Sum().nodes(INT8))
        .isEqualTo(
            """
            input "x"
            output "y"
            node "y" Binary(kind: ADD, activation: NONE) "x" "c" -> "y\"""");
    assertThat(uint8Sum().read(INT8).tensor("x").element()).isEqualTo(ElementType.INT8);
  }

  @Test
  void floatBordersOfAQuantizedModelAreTakenOff() {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, 1, 2)
            .tensor("q", TensorType.INT8, 1, 2)
            .quantized(0.5, 3)
            .tensor("r", TensorType.INT8, 1, 2)
            .quantized(0.5, 3)
            .tensor("y", TensorType.FLOAT32, 1, 2)
            .operator(BuiltinOperator.QUANTIZE, null, of(0), 1)
            .operator(BuiltinOperator.RELU, null, of(1), 2)
            .operator(BuiltinOperator.DEQUANTIZE, null, of(2), 3)
            .signature("main", Map.of("in", 0), Map.of("out", 3))
            .inputs(0)
            .outputs(3);
    assertThat(draft.nodes(MODEL))
        .isEqualTo(
            """
            input "x"
            output "y"
            signature "main" {
            input "in" = "x"
            output "out" = "y"
            }
            node "q" Quantize "x" -> "q"
            node "r" Unary(kind: RELU) "q" -> "r"
            node "y" Dequantize "r" -> "y\"""");
    assertThat(draft.nodes(INT8))
        .isEqualTo(
            """
            input "q"
            output "r"
            signature "main" {
            input "in" = "q"
            output "out" = "r"
            }
            node "r" Unary(kind: RELU) "q" -> "r\"""");
  }

  // ---- shapes
  // ------------------------------------------------------------------------------------

  /// Flattening as Keras exports it: the batch is taken from the shape at run time.
  private static DraftModel flatten() {
    StridedSliceOptionsT slice = new StridedSliceOptionsT();
    slice.setShrinkAxisMask(1);
    PackOptionsT pack = new PackOptionsT();
    pack.setValuesCount(2);
    DraftModel draft = new DraftModel().tensor("x", TensorType.FLOAT32, 1, 3, 2);
    draft.last().setShapeSignature(new int[] {-1, 3, 2});
    draft
        .tensor("shape", TensorType.INT32, 3)
        .tensor("zero", TensorType.INT32, 1)
        .ints(0)
        .tensor("one", TensorType.INT32, 1)
        .ints(1)
        .tensor("batch", TensorType.INT32)
        .tensor("six", TensorType.INT32)
        .ints(6)
        .tensor("target", TensorType.INT32, 2)
        .tensor("y", TensorType.FLOAT32, 1, 6);
    draft.last().setShapeSignature(new int[] {-1, 6});
    return draft
        .operator(BuiltinOperator.SHAPE, null, of(0), 1)
        .operator(BuiltinOperator.STRIDED_SLICE, slice, of(1, 2, 3, 3), 4)
        .operator(BuiltinOperator.PACK, pack, of(4, 5), 6)
        .operator(BuiltinOperator.RESHAPE, null, of(0, 6), 7)
        .inputs(0)
        .outputs(7);
  }

  @Test
  void shapesThatAreComputedAreKnownAtImport() {
    assertThat(flatten().nodes(MODEL))
        .isEqualTo("input \"x\"\noutput \"y\"\nnode \"y\" Reshape \"x\" -> \"y\"");
  }

  @Test
  void aGivenBatchGoesThroughTheWholeGraph() {
    Options five = new Options(Map.of("x", Shape.of(5, 3, 2)), Io.MODEL);
    assertThat(flatten().read(five).tensor("y").shape()).isEqualTo(Shape.of(5, 6));
  }

  @Test
  void anOpenBatchIsOne() {
    DraftModel draft = flatten();
    DraftModel open =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, -1, 4)
            .tensor("y", TensorType.FLOAT32, -1, 4)
            .operator(BuiltinOperator.RELU, null, of(0), 1)
            .inputs(0)
            .outputs(1);
    assertThat(draft.read().tensor("x").shape()).isEqualTo(Shape.of(1, 3, 2));
    assertThat(open.read().tensor("y").shape()).isEqualTo(Shape.of(1, 4));
  }

  @Test
  void anotherOpenDimensionMustBeGiven() {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, 1, -1, 4)
            .tensor("y", TensorType.FLOAT32, 1, -1, 4)
            .operator(BuiltinOperator.RELU, null, of(0), 1)
            .inputs(0)
            .outputs(1);
    assertThat(draft.problems())
        .isEqualTo(
            "MOTE-1018 m.tflite, input 'x': dimension 1 of its shape [1, -1, 4] is open\n  Fix:"
                + " give the shape, for instance --shape x=1x1x4.");
    Options nine = new Options(Map.of("x", Shape.of(1, 9, 4)), Io.MODEL);
    assertThat(draft.read(nine).tensor("y").shape()).isEqualTo(Shape.of(1, 9, 4));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // begin, end, strides, begin, end, ellipsis, new axis and shrink mask of [4x5x6]
        "1 0 2, 3 5 4, 1 1 1, 0, 0, 0, 0, 0, 2x5x2, 1 0 2, 1 1 1",
        "1, 2, 1, 0, 0, 0, 0, 1, 5x6, 1 0 0, 1 1 1",
        "-1, 0, 1, 0, 0, 0, 0, 1, 5x6, 3 0 0, 1 1 1",
        "-1, 0, -1, 1, 1, 0, 0, 0, 4x5x6, 3 0 0, -1 1 1",
        "3 0 0, 0 5 6, -2 2 5, 0, 0, 0, 0, 0, 2x3x2, 3 0 0, -2 2 5",
        "0 1, 0 2, 1 1, 0, 0, 1, 0, 2, 4x5, 0 0 1, 1 1 1",
        "0 -100, 100 100, 1 1, 0, 0, 0, 0, 0, 4x5x6, 0 0 0, 1 1 1",
        "0 1 0, 0 4 0, 1 2 1, 5, 5, 0, 0, 0, 4x2x6, 0 1 0, 1 2 1",
      })
  void stridedSlicesAreResolved(
      String begin,
      String end,
      String strides,
      int beginMask,
      int endMask,
      int ellipsisMask,
      int newAxisMask,
      int shrinkMask,
      String shape,
      String from,
      String steps) {
    StridedSlice slice =
        new StridedSlice(
            Shape.of(4, 5, 6),
            longs(begin),
            longs(end),
            longs(strides),
            beginMask,
            endMask,
            ellipsisMask,
            newAxisMask,
            shrinkMask,
            false);
    slice.resolve();
    assertThat(slice.shape()).hasToString(shape);
    assertThat(slice.op().begin()).isEqualTo(ints(from));
    assertThat(slice.op().strides()).isEqualTo(ints(steps));
  }

  private static long[] longs(String text) {
    return Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  private static List<Integer> ints(String text) {
    return Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
  }

  // ---- the file
  // ----------------------------------------------------------------------------------

  @Test
  void contentsMayLieBehindTheFlatbuffer() {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.INT32, 2)
            .tensor("c", TensorType.INT32, 2)
            .ints(0, 0)
            .tensor("y", TensorType.INT32, 2)
            .operator(BuiltinOperator.ADD, null, of(0, 1), 2)
            .inputs(0)
            .outputs(2);
    draft.lastBuffer().setData(null);
    draft.lastBuffer().setOffset(2);
    draft.lastBuffer().setSize(8);
    int end = draft.bytes().length;
    draft.lastBuffer().setOffset(end);
    byte[] file = Arrays.copyOf(draft.bytes(), end + 8);
    file[end] = 7;
    file[end + 4] = 9;
    Graph graph =
        ((ModelReader.Result.Model)
                new TfliteReader().read(dev.mote.ir.Blob.of(file), "m.tflite", MODEL))
            .graph();
    assertThat(graph.tensor("c").constantIntegers()).containsExactly(7, 9);
    assertThat(DraftModel.problems(Arrays.copyOf(file, end + 7), MODEL))
        .isEqualTo(
            ("MOTE-1002 m.tflite, tensor 'c': its contents, 8 bytes at %d, lie outside of the file"
                    + " of %d bytes\n  Fix: the file was cut off: copy or download it again.")
                .formatted(end, end + 7));
  }

  @Test
  void oldFilesHaveTheOperatorInOneByte() {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, 2)
            .tensor("y", TensorType.FLOAT32, 2)
            .operator(BuiltinOperator.TANH, null, of(0), 1)
            .inputs(0)
            .outputs(1);
    draft.lastCode().setBuiltinCode(0);
    assertThat(draft.nodes(MODEL)).contains("Unary(kind: TANH)");
  }

  @Test
  void namesAreMadeUniqueAndPrintable() {
    DraftModel draft =
        new DraftModel()
            .tensor("same", TensorType.FLOAT32, 2)
            .tensor("same", TensorType.FLOAT32, 2)
            .tensor("", TensorType.FLOAT32, 2)
            .tensor("a\nb\u0007", TensorType.FLOAT32, 2)
            .operator(BuiltinOperator.ABS, null, of(0), 1)
            .operator(BuiltinOperator.ABS, null, of(1), 2)
            .operator(BuiltinOperator.ABS, null, of(2), 3)
            .inputs(0)
            .outputs(3, 3, 0);
    assertThat(draft.nodes(MODEL))
        .isEqualTo(
            """
            input "same"
            output "a?b?"
            output "a?b?_1"
            output "same"
            node "same_1" Unary(kind: ABS) "same" -> "same_1"
            node "tensor_2" Unary(kind: ABS) "same_1" -> "tensor_2"
            node "a?b?" Unary(kind: ABS) "tensor_2" -> "a?b?"
            node "a?b?_1" Reshape "a?b?" -> "a?b?_1\"""");
  }

  @Test
  void whatNothingUsesIsLeftOut() {
    Graph graph =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, 2)
            .tensor("y", TensorType.FLOAT32, 2)
            .tensor("unused", TensorType.COMPLEX64, -7)
            .operator(BuiltinOperator.TANH, null, of(0), 1)
            .inputs(0)
            .outputs(1)
            .read();
    assertThat(graph.tensors().keySet()).containsExactly("x", "y");
  }

  @Test
  void aConstantOrAnInputMayBeAnOutput() {
    assertThat(
            new DraftModel()
                .tensor("x", TensorType.FLOAT32, 2)
                .tensor("c", TensorType.INT32, 1)
                .ints(5)
                .inputs(0)
                .outputs(0, 1)
                .nodes(MODEL))
        .isEqualTo("input \"x\"\noutput \"x\"\noutput \"c\"");
  }

  // ---- state and weights
  // -------------------------------------------------------------------------

  @Test
  void resourceVariablesBecomeState() {
    VarHandleOptionsT handle = new VarHandleOptionsT();
    handle.setContainer("");
    handle.setSharedName("count");
    Graph graph =
        new DraftModel()
            .tensor("x", TensorType.INT32, 1)
            .tensor("handle", TensorType.RESOURCE)
            .tensor("old", TensorType.INT32, 1)
            .tensor("new", TensorType.INT32, 1)
            .operator(BuiltinOperator.VAR_HANDLE, handle, of(), 1)
            .operator(BuiltinOperator.READ_VARIABLE, null, of(1), 2)
            .operator(BuiltinOperator.ADD, null, of(0, 2), 3)
            .operator(BuiltinOperator.ASSIGN_VARIABLE, null, of(1, 3))
            .inputs(0)
            .outputs(3)
            .read();
    assertThat(graph.variables()).containsExactly("count");
    assertThat(graph.tensor("count").shape()).isEqualTo(Shape.of(1));
    assertThat(graph.nodes()).hasSize(3);
  }

  @Test
  void floatsMayHaveInt8WeightsOrHalfWeights() {
    Graph graph =
        new DraftModel()
            .tensor("x", TensorType.FLOAT32, 1, 2)
            .tensor("w", TensorType.INT8, 3, 2)
            .data(new byte[6])
            .quantized(0.1, 0)
            .tensor("y", TensorType.FLOAT32, 1, 3)
            .tensor("h", TensorType.FLOAT16, 1, 3)
            .data(new byte[6])
            .tensor("v", TensorType.FLOAT32, 1, 3)
            .tensor("z", TensorType.FLOAT32, 1, 1)
            .operator(
                BuiltinOperator.FULLY_CONNECTED, new FullyConnectedOptionsT(), of(0, 1, -1), 2)
            .operator(BuiltinOperator.DEQUANTIZE, null, of(3), 4)
            .operator(BuiltinOperator.FULLY_CONNECTED, new FullyConnectedOptionsT(), of(2, 4), 5)
            .inputs(0)
            .outputs(5)
            .read();
    assertThat(graph.nodes().stream().map(n -> n.op().label()))
        .containsExactly("FullyConnected", "Dequantize", "FullyConnected");
    assertThat(graph.tensor("w").element()).isEqualTo(ElementType.INT8);
  }

  @Test
  void int4WeightsStayPackedAndTheUnusedNibbleIsZero() {
    Graph graph =
        new DraftModel()
            .tensor("x", TensorType.INT8, 1, 3)
            .quantized(0.5, 0)
            .tensor("w", TensorType.INT4, 1, 3)
            .data((byte) 0x7f, (byte) 0xf8)
            .quantized(0.5, 0)
            .tensor("y", TensorType.INT8, 1, 1)
            .quantized(0.5, 0)
            .operator(BuiltinOperator.FULLY_CONNECTED, new FullyConnectedOptionsT(), of(0, 1), 2)
            .inputs(0)
            .outputs(2)
            .read();
    assertThat(graph.tensor("w").constantIntegers()).containsExactly(-1, 7, -8);
    assertThat(graph.tensor("w").data().orElseThrow().buffer().get(1)).isEqualTo((byte) 8);
  }

  @Test
  void int2WeightsAreUnpacked() {
    Graph graph =
        new DraftModel()
            .tensor("x", TensorType.INT8, 1, 5)
            .quantized(0.5, 0)
            .tensor("w", TensorType.INT2, 1, 5)
            .data((byte) 0b10_01_00_11, (byte) 0b11_11_11_01)
            .quantized(0.5, 0)
            .tensor("y", TensorType.INT8, 1, 1)
            .quantized(0.5, 0)
            .operator(BuiltinOperator.FULLY_CONNECTED, new FullyConnectedOptionsT(), of(0, 1), 2)
            .inputs(0)
            .outputs(2)
            .read();
    assertThat(graph.tensor("w").element()).isEqualTo(ElementType.INT8);
    assertThat(graph.tensor("w").constantIntegers()).containsExactly(-1, 0, 1, -2, 1);
  }

  @Test
  void constantsThatShareABufferShareTheirContents() {
    DraftModel draft =
        new DraftModel()
            .tensor("x", TensorType.INT32, 1)
            .tensor("a", TensorType.INT32, 1)
            .ints(5)
            .tensor("b", TensorType.INT32, 1);
    draft.last().setBuffer(1);
    Graph graph =
        draft
            .tensor("y", TensorType.INT32, 1)
            .tensor("z", TensorType.INT32, 1)
            .operator(BuiltinOperator.ADD, null, of(0, 1), 3)
            .operator(BuiltinOperator.ADD, null, of(3, 2), 4)
            .inputs(0)
            .outputs(4)
            .read();
    Tensor a = graph.tensor("a");
    assertThat(graph.tensor("b").data().orElseThrow()).isSameAs(a.data().orElseThrow());
  }

  @Test
  void aReshapeAttributeIsUsedWhenThereIsNoOperand() {
    ReshapeOptionsT options = new ReshapeOptionsT();
    options.setNewShape(new int[] {-1, 2});
    assertThat(
            new DraftModel()
                .tensor("x", TensorType.FLOAT32, 3, 4)
                .tensor("y", TensorType.FLOAT32, 6, 2)
                .operator(BuiltinOperator.RESHAPE, options, of(0), 1)
                .inputs(0)
                .outputs(1)
                .read()
                .tensor("y")
                .shape())
        .isEqualTo(Shape.of(6, 2));
  }
}
