package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall.Argument;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How the integer weights of a layer are stored.
///
/// @param layer name of the node
/// @param form what is stored
/// @param detail in words; empty where there is nothing to add
/// @param bytes of the weights as they are stored, tables to unpack them included
/// @param plainBytes what they would take at a byte each, half a byte for int4
public record StoredWeights(String layer, Form form, String detail, long bytes, long plainBytes) {

  /// What is stored.
  public enum Form {
    PLAIN("plain"),
    NIBBLES("four bits each"),
    CODE_BOOK("code book"),
    HUFFMAN("Huffman code"),
    GROUPS("without zero groups"),
    PAIRED_GROUPS("without zero groups of two channels");

    private final String words;

    Form(String words) {
      this.words = words;
    }

    /// As reports call it.
    public String words() {
      return words;
    }
  }

  /// What `call`, which computes `node`, reads; empty for layers without constant weights of
  /// integers.
  public static Optional<StoredWeights> of(Graph graph, Node node, KernelCall call) {
    boolean weighted =
        switch (node.op()) {
          case Op.Conv2d _, Op.DepthwiseConv2d _, Op.TransposeConv2d _, Op.FullyConnected _ -> true;
          default -> false;
        };
    if (!weighted) {
      return Optional.empty();
    }
    Tensor weights = graph.input(node, 1);
    boolean integer =
        weights.element() == ElementType.INT8 || weights.element() == ElementType.INT4;
    return weights.isConstant() && integer
        ? Optional.of(of(graph, node, weights, call))
        : Optional.empty();
  }

  private static StoredWeights of(Graph graph, Node node, Tensor weights, KernelCall call) {
    long plain = weights.type().bytes();
    long count = weights.shape().count();
    Optional<ConstantTable> table = largest(call, ElementType.values());
    Optional<ConstantTable> packed = largest(call, ElementType.UINT8);
    if (PackedLayers.isPacked(call) && packed.isPresent()) {
      byte[] code = packed.get().data().toByteArray();
      boolean indices = code[0] == code[1];
      return new StoredWeights(
          node.name(),
          indices ? Form.CODE_BOOK : Form.HUFFMAN,
          indices
              ? "%d bits, %d values".formatted(code[0], code[2] & 0xff)
              : "%d to %d bits".formatted(code[0], code[1]),
          code.length,
          plain);
    }
    if (SparseLayers.isSparse(call) && table.isPresent()) {
      long channels = graph.output(node).shape().last();
      return new StoredWeights(
          node.name(),
          SparseLayers.isPaired(call) ? Form.PAIRED_GROUPS : Form.GROUPS,
          "%.0f %% of them are there".formatted(100 * SparseLayers.density(graph, node, call)),
          table.get().data().size() - SparseLayers.otherBytes(call) * channels,
          plain);
    }
    if (call.function().endsWith("_s4")) {
      return new StoredWeights(node.name(), Form.NIBBLES, "", (count + 1) / 2, plain);
    }
    return new StoredWeights(node.name(), Form.PLAIN, "", Math.max(plain, count), plain);
  }

  private static Optional<ConstantTable> largest(KernelCall call, ElementType... elements) {
    return call.arguments().stream()
        .flatMap(a -> a instanceof Argument.Table(var table) ? Stream.of(table) : Stream.empty())
        .filter(table -> table.isWeights() && List.of(elements).contains(table.element()))
        .max(Comparator.comparingLong(table -> table.data().size()));
  }
}
