package dev.mote.testkit.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.onnx.OnnxReader;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.StringStringEntryProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.plugin.Companions;
import dev.mote.plugin.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Weights in files beside the model are read from its folder, and from nowhere else.
class ExternalDataTest {

  private static final byte[] DATA = {9, 9, 9, 9, 0, 0, -128, 63, 0, 0, 0, 64, 0, 0, 64, 64};

  @TempDir private Path outside;
  private Path folder;

  @BeforeEach
  void files() throws IOException {
    folder = Files.createDirectories(outside.resolve("model"));
    Files.write(folder.resolve("w.bin"), DATA);
    Files.write(Files.createDirectories(folder.resolve("sub")).resolve("w.bin"), DATA);
    Files.write(outside.resolve("secret.bin"), DATA);
    Files.createSymbolicLink(folder.resolve("link.bin"), outside.resolve("secret.bin"));
    Files.createSymbolicLink(folder.resolve("up"), outside);
    Files.createSymbolicLink(folder.resolve("own.bin"), folder.resolve("w.bin"));
  }

  /// x + w, where w has three floats.
  private static ModelProto model(String... entries) {
    TensorProto.Builder weights =
        OnnxSketch.tensor(TensorProto.DataType.FLOAT, List.of(3L))
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    for (String entry : entries) {
      String[] parts = entry.split("=", 2);
      weights.addExternalData(
          StringStringEntryProto.newBuilder().setKey(parts[0]).setValue(parts[1]));
    }
    OnnxSketch sketch = new OnnxSketch(17);
    String x = sketch.input("x", 1, 3);
    return sketch.output(sketch.node("Add", List.of(x, sketch.constant(weights.build())))).build();
  }

  private ModelReader.Result read(ModelProto model, boolean files) {
    ModelReader.Options options = ModelReader.Options.standard();
    return new OnnxReader()
        .read(
            Blob.of(model.toByteArray()),
            "m.onnx",
            files ? options.withCompanions(Companions.in(folder)) : options);
  }

  private static String problem(ModelReader.Result result) {
    return switch (result) {
      case ModelReader.Result.Model _ -> "it was read";
      case ModelReader.Result.Refused(var problems) -> problems.getFirst().toString();
    };
  }

  @ParameterizedTest
  @CsvSource({"w.bin", "sub/w.bin", "own.bin"})
  void filesBelowTheModelsFolderAreRead(String location) {
    ModelProto model = model("location=" + location, "offset=4", "length=12", "checksum=0");
    switch (read(model, true)) {
      case ModelReader.Result.Refused(var problems) -> throw new AssertionError(problems);
      case ModelReader.Result.Model(Graph graph) ->
          assertThat(
                  graph.tensors().values().stream()
                      .filter(tensor -> tensor.isConstant())
                      .map(tensor -> Arrays.toString(tensor.constantFloats())))
              .containsExactly("[1.0, 2.0, 3.0]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          location=none.bin              | cannot be read from 'none.bin': there is no such file
          location=sub                   | cannot be read from 'sub': it is no file
          location=../secret.bin         | lie in '../secret.bin', which is no file below the model's folder
          location=sub/../../secret.bin  | lie in 'sub/../../secret.bin', which is no file below the model's folder
          location=/etc/passwd           | lie in '/etc/passwd', which is no file below the model's folder
          location=c:/secret.bin         | lie in 'c:/secret.bin', which is no file below the model's folder
          location=..\\secret.bin        | lie in '..\\secret.bin', which is no file below the model's folder
          location=                      | lie in '', which is no file below the model's folder
          offset=4                       | lie in '', which is no file below the model's folder
          location=link.bin              | cannot be read from 'link.bin': it leads out of the model's folder
          location=up/secret.bin         | cannot be read from 'up/secret.bin': it leads out of the model's folder
          location=w.bin;offset=5        | it has 16 bytes; 12 from 5 on are needed
          location=w.bin;offset=999999999999999999 | it has 16 bytes; 12 from 999999999999999999 on are needed
          location=w.bin;offset=-1       | its data's offset is '-1'
          location=w.bin;length=x        | its data's length is 'x'
          location=w.bin;length=16       | its data have 16 bytes, its type float32[3] needs 12
          location=w.bin;location=w.bin  | it says 'location' twice
          """)
  void everythingElseIsRefused(String entries, String reason) {
    assertThat(problem(read(model(entries.split(";", -1)), true)))
        .startsWith("MOTE-1113 m.onnx, constant 'c0': ")
        .contains(reason);
  }

  @Test
  void aModelThatComesAloneHasItsDataInside() {
    assertThat(problem(read(model("location=w.bin", "offset=4"), false)))
        .startsWith(
            "MOTE-1113 m.onnx, constant 'c0': its data lie outside of the model's file, which is all"
                + " that is read\n");
  }
}
