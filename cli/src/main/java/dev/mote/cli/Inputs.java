package dev.mote.cli;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.Pixels;
import dev.mote.optimizer.data.TensorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Sets of inputs for a model, from files. A set has one blob for each input, in the model's order.
final class Inputs {

  private Inputs() {}

  /// One set from `files`, one for each input.
  static List<Blob> read(Graph graph, List<Path> files, Pixels pixels) {
    requireCount(graph, files.size());
    List<Blob> set = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      String name = graph.inputs().get(i);
      set.add(Blob.of(TensorFiles.read(files.get(i), name, graph.tensor(name).type(), pixels)));
    }
    return set;
  }

  private static void requireCount(Graph graph, int files) {
    int inputs = graph.inputs().size();
    if (files != inputs) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.WRONG_NUMBER_OF_FILES,
              graph.name(),
              "the model takes %d %s (%s), %d given"
                  .formatted(
                      inputs,
                      inputs == 1 ? "input" : "inputs",
                      String.join(", ", graph.inputs()),
                      files),
              "give --input FILE once for each, in this order."));
    }
  }

  /// One set for each file of `folder`, by name; for a model of several inputs one for each folder
  /// in it, whose files by name are the inputs.
  static List<List<Blob>> readFolder(Graph graph, Path folder, Pixels pixels) {
    boolean single = graph.inputs().size() == 1;
    List<List<Blob>> sets = new ArrayList<>();
    for (Path entry : list(folder)) {
      if (single && TensorFiles.isReadable(entry) && Files.isRegularFile(entry)) {
        sets.add(read(graph, List.of(entry), pixels));
      } else if (!single && Files.isDirectory(entry)) {
        sets.add(read(graph, list(entry), pixels));
      }
    }
    if (sets.isEmpty()) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.NO_INPUTS,
              folder.toString(),
              single ? "it holds no file of numbers" : "it holds no folder",
              single
                  ? "put files into it that end in ."
                      + String.join(", .", TensorFiles.SUFFIXES)
                      + "."
                  : "the model has several inputs: give a folder for each set, its files in the"
                      + " model's order."));
    }
    return sets;
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.UNREADABLE_FILE,
              folder.toString(),
              "it is no folder that can be read",
              "name a folder of input files."));
    }
  }
}
