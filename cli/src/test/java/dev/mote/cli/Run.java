package dev.mote.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What one run of `mote` in this process left behind.
record Run(int exitCode, String out, String err) {

  /// A dense layer of three classes on four int8 values, with a softmax.
  static final String CLASSIFIER =
      """
      graph "classifier" {
        tensor "x" int8 [1x4] scale 0.5 zero 0
        tensor "w" int8 [3x4] scales 0 [0.25 0.25 0.25] = hex "040000000004000000000404"
        tensor "y" int8 [1x3] scale 0.25 zero 0
        tensor "p" int8 [1x3] scale 0.00390625 zero -128
        input "x"
        output "p"
        node "dense" FullyConnected(activation: NONE) "x" "w" -> "y"
        node "softmax" Softmax(beta: 1.0) "y" -> "p"
      }
      """;

  /// The sum of two float vectors.
  static final String SUM =
      """
      graph "sum" {
        tensor "a" float32 [1x2]
        tensor "b" float32 [1x2]
        tensor "c" float32 [1x2]
        input "a"
        input "b"
        output "c"
        node "add" Binary(kind: ADD, activation: NONE) "a" "b" -> "c"
      }
      """;

  /// More activations than the smallest chip has RAM.
  static final String LARGE =
      """
      graph "large" {
        tensor "x" int8 [1x200x200x1] scale 1.0 zero 0
        tensor "y" int8 [1x200x200x1] scale 0.5 zero 0
        input "x"
        output "y"
        node "rescale" Quantize "x" -> "y"
      }
      """;

  static Run of(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode = Mote.run(out, err, args);
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static Path write(Path folder, String name, String graph) throws IOException {
    return Files.writeString(folder.resolve(name + ".graph"), graph);
  }

  Map<String, Object> jsonObject() throws IOException {
    return JSON.std.mapFrom(out);
  }

  List<Object> jsonArray() throws IOException {
    return JSON.std.listFrom(out);
  }
}
