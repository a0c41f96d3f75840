package dev.mote.bench;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The project's own model, labelled pictures for it, and what the reference interpreter answers.
///
/// @param file the model's file
/// @param graph the same, read
/// @param pictures inputs
/// @param labels the class of each picture
/// @param answers the reference's scores of each picture
record LabelledModel(
    Blob file, Graph graph, List<Blob> pictures, List<Integer> labels, List<Blob> answers) {

  static final String NAME = "fashion_mnist_int8";

  LabelledModel {
    pictures = List.copyOf(pictures);
    labels = List.copyOf(labels);
    answers = List.copyOf(answers);
  }

  /// Reads the model and its samples from the folder `examples/fashion-mnist`.
  static LabelledModel read(Path folder) throws IOException {
    List<Integer> labels =
        Files.readAllLines(folder.resolve("samples/samples.labels.txt")).stream()
            .map(Integer::valueOf)
            .toList();
    byte[] samples = Files.readAllBytes(folder.resolve("samples/samples.bin"));
    int size = samples.length / labels.size();
    List<Blob> pictures = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      byte[] picture = new byte[size];
      System.arraycopy(samples, i * size, picture, 0, size);
      pictures.add(Blob.of(picture));
    }
    return of(Blob.of(Files.readAllBytes(folder.resolve(NAME + ".tflite"))), pictures, labels);
  }

  /// Another model for the same pictures.
  LabelledModel with(Blob otherFile) {
    return of(otherFile, pictures, labels);
  }

  private static LabelledModel of(Blob file, List<Blob> pictures, List<Integer> labels) {
    Graph graph =
        switch (new TfliteReader().read(file, NAME, ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph read) -> read;
          case ModelReader.Result.Refused(var problems) -> throw new DiagnosticException(problems);
        };
    Interpreter interpreter = new Interpreter(graph);
    List<Blob> answers =
        pictures.stream()
            .map(picture -> Blob.of(interpreter.run(List.of(picture.toByteArray())).getFirst()))
            .toList();
    return new LabelledModel(file, graph, pictures, labels, answers);
  }

  /// How many of `scores` have the right class as their largest.
  int right(List<Blob> scores) {
    int right = 0;
    for (int i = 0; i < labels.size(); i++) {
      right += best(scores.get(i).toByteArray()) == labels.get(i) ? 1 : 0;
    }
    return right;
  }

  /// How many of `scores` are those of the reference, bit by bit.
  int equal(List<Blob> scores) {
    int equal = 0;
    for (int i = 0; i < answers.size(); i++) {
      equal += scores.get(i).equals(answers.get(i)) ? 1 : 0;
    }
    return equal;
  }

  private static int best(byte[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
