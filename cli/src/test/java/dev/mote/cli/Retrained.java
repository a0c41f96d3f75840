package dev.mote.cli;

import dev.mote.builder.ModelFiles;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.plugin.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Random;

/// A model as it might be after more training.
final class Retrained {

  private Retrained() {}

  /// The file of `model`, with other weights in its last fully connected layer.
  static byte[] lastLayerOf(Path model) throws IOException {
    Graph graph = ModelFiles.read(model, ModelReader.Options.standard());
    Node last =
        graph.nodes().stream()
            .filter(node -> node.op().label().equals("FullyConnected"))
            .reduce((_, second) -> second)
            .orElseThrow();
    Tensor weights =
        last.inputs().stream()
            .map(graph::tensor)
            .filter(Tensor::isConstant)
            .max(Comparator.comparingLong(tensor -> tensor.type().bytes()))
            .orElseThrow();
    byte[] contents = weights.data().orElseThrow().toByteArray();
    byte[] file = Files.readAllBytes(model);
    int at = HexFormat.of().formatHex(file).indexOf(HexFormat.of().formatHex(contents)) / 2;
    Random random = new Random(1);
    for (int i = 0; i < contents.length; i++) {
      file[at + i] = (byte) (random.nextInt(255) - 127);
    }
    return file;
  }
}
