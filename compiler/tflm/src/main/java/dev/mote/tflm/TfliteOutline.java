package dev.mote.tflm;

import dev.mote.ir.Blob;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// What TensorFlow Lite Micro's allocator looks at in a model file: operators and tensors of its
/// first subgraph, as they stand there.
///
/// @param tensors in the file's order
/// @param operators in the order of execution
/// @param inputs indices of tensors
/// @param outputs indices of tensors
/// @param subgraphs how many there are
public record TfliteOutline(
    List<Tensor> tensors,
    List<Operator> operators,
    List<Integer> inputs,
    List<Integer> outputs,
    int subgraphs) {

  private static final int MOST_ITEMS = 20_000;

  public TfliteOutline {
    tensors = List.copyOf(tensors);
    operators = List.copyOf(operators);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /// A tensor.
  ///
  /// @param shape its dimensions
  /// @param type number of its element type in the schema
  /// @param constant whether the file has its contents
  /// @param scales how many scales it is quantized by
  /// @param variable whether it keeps its contents between inferences
  public record Tensor(
      List<Integer> shape, int type, boolean constant, int scales, boolean variable) {
    public Tensor {
      shape = List.copyOf(shape);
      if (shape.stream().anyMatch(dimension -> dimension < 0)) {
        throw new ArithmeticException("a dimension is negative");
      }
    }

    /// Bytes of its contents.
    public long bytes() {
      long elements = 1;
      for (int dimension : shape) {
        elements = Math.multiplyExact(elements, dimension);
      }
      return switch (type) {
        case 0, 2, 15 -> 4 * elements;
        case 1, 7, 16 -> 2 * elements;
        case 4, 8, 10, 12 -> 8 * elements;
        case 17 -> (elements + 1) / 2;
        default -> elements;
      };
    }
  }

  /// An operator.
  ///
  /// @param code number in the schema
  /// @param inputs indices of tensors; -1 for one that is absent
  /// @param outputs indices of tensors
  public record Operator(int code, List<Integer> inputs, List<Integer> outputs) {
    public Operator {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /// Reads a model file.
  ///
  /// @throws IllegalArgumentException when it is none
  public static TfliteOutline of(Blob file) {
    try {
      return new Reader(file.buffer().order(ByteOrder.LITTLE_ENDIAN)).read();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException("the model file is damaged", e);
    }
  }

  /// Tables, vectors and their fields, by the numbers of the published schema.
  private record Reader(ByteBuffer file) {

    TfliteOutline read() {
      int model = follow(0);
      List<Integer> codes = new ArrayList<>();
      for (int code : tables(model, 1)) {
        codes.add(Math.max(number8(code, 0), number(code, 3)));
      }
      List<Boolean> filled = new ArrayList<>();
      for (int buffer : tables(model, 4)) {
        filled.add(!vector(buffer, 0, 1).isEmpty());
      }
      List<Integer> graphs = tables(model, 2);
      int graph = graphs.getFirst();
      List<Tensor> tensors = new ArrayList<>();
      for (int tensor : tables(graph, 0)) {
        int quantization = field(tensor, 4);
        tensors.add(
            new Tensor(
                numbers(tensor, 0),
                number8(tensor, 1),
                filled.get(number(tensor, 2)),
                quantization == 0 ? 0 : vector(follow(quantization), 2, 4).size(),
                number8(tensor, 5) != 0));
      }
      List<Operator> operators = new ArrayList<>();
      for (int operator : tables(graph, 3)) {
        operators.add(
            new Operator(
                codes.get(number(operator, 0)), numbers(operator, 1), numbers(operator, 2)));
      }
      return new TfliteOutline(
          tensors, operators, numbers(graph, 1), numbers(graph, 2), graphs.size());
    }

    private int follow(int at) {
      return Math.addExact(at, file.getInt(at));
    }

    /// Where field `index` of a table is; 0 when it is not there.
    private int field(int table, int index) {
      int layout = Math.subtractExact(table, file.getInt(table));
      int entry = 4 + 2 * index;
      if (entry >= Short.toUnsignedInt(file.getShort(layout))) {
        return 0;
      }
      int offset = Short.toUnsignedInt(file.getShort(layout + entry));
      return offset == 0 ? 0 : table + offset;
    }

    private int number(int table, int index) {
      int at = field(table, index);
      return at == 0 ? 0 : file.getInt(at);
    }

    private int number8(int table, int index) {
      int at = field(table, index);
      return at == 0 ? 0 : file.get(at);
    }

    /// Where the items of a vector are, each of `bytes`; of long ones the first alone.
    private List<Integer> vector(int table, int index, int bytes) {
      int at = field(table, index);
      if (at == 0) {
        return List.of();
      }
      int start = follow(at);
      int count = file.getInt(start);
      if (count < 0 || (long) count * bytes > file.limit() - start - 4L) {
        throw new IndexOutOfBoundsException(count);
      }
      if (bytes > 1 && count > MOST_ITEMS) {
        throw new ArithmeticException("too many items");
      }
      List<Integer> items = new ArrayList<>();
      for (int i = 0; i < (bytes == 1 ? Math.min(count, 1) : count); i++) {
        items.add(start + 4 + bytes * i);
      }
      return items;
    }

    private List<Integer> tables(int table, int index) {
      return vector(table, index, 4).stream().map(this::follow).toList();
    }

    private List<Integer> numbers(int table, int index) {
      return vector(table, index, 4).stream().map(file::getInt).toList();
    }
  }
}
