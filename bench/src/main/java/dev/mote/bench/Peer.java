package dev.mote.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What TensorFlow Lite Micro needs for a model, from `bench/peers.csv`.
///
/// @param model name of the model
/// @param m4Instructions instructions of one inference on Cortex-M4, with CMSIS-NN
/// @param m7Instructions the same on Cortex-M7
/// @param m55Instructions the same on Cortex-M55
/// @param arenaBytes arena that it uses
/// @param planBoundBytes largest sum of activations that live at once, nothing in place
/// @param tensorBytes constants of the model file
record Peer(
    String model,
    long m4Instructions,
    long m7Instructions,
    long m55Instructions,
    long arenaBytes,
    long planBoundBytes,
    long tensorBytes) {

  static Map<String, Peer> read(Path csv) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    return lines.stream()
        .filter(line -> !line.startsWith("#") && !line.startsWith("model,"))
        .map(Peer::parse)
        .collect(Collectors.toMap(Peer::model, Function.identity()));
  }

  private static Peer parse(String line) {
    String[] cells = line.split(",", -1);
    return new Peer(
        cells[0],
        Long.parseLong(cells[1]),
        Long.parseLong(cells[2]),
        Long.parseLong(cells[3]),
        Long.parseLong(cells[4]),
        Long.parseLong(cells[5]),
        Long.parseLong(cells[6]));
  }

  /// Instructions on `target`, as text; empty where it was not measured.
  String instructions(String target) {
    return switch (target) {
      case "cortex-m4" -> Long.toString(m4Instructions);
      case "cortex-m7" -> Long.toString(m7Instructions);
      case "cortex-m55" -> Long.toString(m55Instructions);
      default -> "";
    };
  }
}
