package dev.mote.builder.page;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Everything that the page shows of a model.
///
/// @param name the model's name
/// @param subtitle one line on how it was compiled
/// @param tiles headline figures
/// @param inputs the model's inputs, drawn above the first layer
/// @param outputs the model's outputs, drawn below the last
/// @param layers in order of execution
/// @param edges who reads whom
/// @param memory the arena; empty when the model could not be compiled
/// @param notes sentences above the drawings, for instance why there is no memory map
public record PageContent(
    String name,
    String subtitle,
    List<Tile> tiles,
    List<Border> inputs,
    List<Border> outputs,
    List<Layer> layers,
    List<Edge> edges,
    Optional<Memory> memory,
    List<String> notes) {

  public PageContent {
    tiles = List.copyOf(tiles);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
    edges = List.copyOf(edges);
    notes = List.copyOf(notes);
  }

  /// A headline figure.
  public record Tile(String label, String value, String detail) {}

  /// The same with more sentences above the drawings.
  public PageContent withNotes(List<String> more) {
    return new PageContent(
        name,
        subtitle,
        tiles,
        inputs,
        outputs,
        layers,
        edges,
        memory,
        Stream.concat(more.stream(), notes.stream()).toList());
  }

  /// An input or output of the model.
  ///
  /// @param type as text: `int8 1x96x96x3`
  public record Border(String name, String type) {}

  /// One layer.
  ///
  /// @param step its number in order of execution; -1 when it takes no code (a view of its input)
  /// @param family decides its colour
  /// @param instructions measured instructions; 0 when not measured
  /// @param cycles estimated cycles of the step that starts with it; 0 when not known
  public record Layer(
      int step,
      String operator,
      Family family,
      String name,
      String output,
      long macs,
      long weightBytes,
      long instructions,
      long cycles) {}

  /// Operators that are drawn alike.
  public enum Family {
    CONVOLUTION("Convolution"),
    DEPTHWISE("Depthwise convolution"),
    DENSE("Matrix product, recurrent"),
    CLASSICAL("Trees, kernels, neighbours"),
    POOLING("Pooling, reduction"),
    ELEMENTWISE("Element-wise"),
    MOVEMENT("Movement of data");

    private final String label;

    Family(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /// A value goes from one row to another: rows count inputs first, then layers, then outputs.
  public record Edge(int from, int to, String tensor) {}

  /// The arena over time.
  ///
  /// @param layers number of layers; layers that run row by row as one count one by one
  /// @param steps what is executed as one, in order
  /// @param arenaBytes size of the arena
  /// @param lowerBoundBytes what no plan without in-place execution can go below
  /// @param ramBytes memory of the target; 0 when unlimited
  public record Memory(
      int layers,
      List<Span> steps,
      long arenaBytes,
      long lowerBoundBytes,
      long ramBytes,
      List<Block> blocks) {
    public Memory {
      steps = List.copyOf(steps);
      blocks = List.copyOf(blocks);
    }
  }

  /// Layers that are executed as one.
  ///
  /// @param first the first of them
  /// @param count number of them
  /// @param note how they run; empty for a layer by itself
  public record Span(int first, int count, String note) {}

  /// A range of the arena during some steps; first is -1 when the caller fills it, last the number
  /// of layers when the caller reads it.
  public record Block(
      String name, Kind kind, long offset, long bytes, int firstLayer, int lastLayer) {}

  /// What a block of memory is for.
  public enum Kind {
    INPUT("Input"),
    ACTIVATION("Activation"),
    OUTPUT("Output"),
    STATE("State"),
    ROWS("Rows of layers that run row by row"),
    SCRATCH("Scratch");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }
}
