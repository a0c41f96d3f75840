package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads recurrent layers, unrolled over the steps of the sequence: ONNX's begin anew with each
/// call, unlike the layers with state that microcontrollers stream through.
final class RecurrentReaders {

  private static final int MOST_STEPS = 256;

  private final NodeView node;
  private final Blocks draw;
  private final int gates;
  private final int units;
  private final int steps;
  private final int batch;

  /// The sequence, `[T,B,I]`.
  private final Wire sequence;

  private RecurrentReaders(NodeView node, Blocks draw, int gates, int inputsThen) {
    this.node = node;
    this.draw = draw;
    this.gates = gates;
    Wire x = ElementReaders.real(node);
    node.require(x.rank() == 3 && node.input(2).rank() == 3, "its operands need 3 dimensions");
    this.sequence = batchFirst() ? draw.transpose(x, 1, 0, 2) : x;
    this.steps = sequence.shape().dim(0);
    this.batch = sequence.shape().dim(1);
    this.units = node.input(2).shape().dim(2);
    int directions = node.input(1).shape().dim(0);
    node.require(
        node.input(1).shape().equals(Shape.of(directions, gates * units, sequence.shape().dim(2)))
            && node.input(2).shape().equals(Shape.of(directions, gates * units, units))
            && directions == (direction().equals("bidirectional") ? 2 : 1),
        "its weights do not fit");
    Shape states =
        batchFirst() ? Shape.of(batch, directions, units) : Shape.of(directions, batch, units);
    fits(1, node.input(1).shape());
    fits(2, node.input(2).shape());
    fits(3, Shape.of(directions, 2 * gates * units));
    fits(5, states);
    if (gates == 4) {
      fits(6, states);
      fits(7, Shape.of(directions, 3 * units));
    }
    if (steps < 1 || steps > MOST_STEPS) {
      throw node.unsupported("a sequence of %d steps".formatted(steps));
    }
    if (node.has("clip") || node.flag("input_forget", false)) {
      throw node.unsupported("clipping, or coupled gates");
    }
    if (node.optional(4).isPresent()) {
      for (long length : node.integers(4, "sequence lengths")) {
        if (length != steps) {
          throw node.unsupported("a sequence shorter than its tensor");
        }
      }
    }
    node.require(node.inputCount() <= inputsThen, "it has too many inputs");
  }

  static void register(Map<String, Reading> readings) {
    readings.put("LSTM", (node, draw) -> new RecurrentReaders(node, draw, 4, 8).read());
    readings.put("GRU", (node, draw) -> new RecurrentReaders(node, draw, 3, 6).read());
    readings.put("RNN", (node, draw) -> new RecurrentReaders(node, draw, 1, 6).read());
  }

  /// Input number `index`, if there is one, holds real numbers and has `shape`.
  private void fits(int index, Shape shape) {
    Optional<Wire> given = node.optional(index);
    if (given.isPresent()) {
      if (given.get().element() != ElementType.FLOAT32) {
        throw node.types("it is not supported for " + given.get().element().label());
      }
      node.require(
          given.get().shape().equals(shape), "input %d does not fit its weights".formatted(index));
    }
  }

  private boolean batchFirst() {
    return node.flag("layout", false);
  }

  private String direction() {
    return node.text("direction", "forward");
  }

  /// All hidden states, the last ones, and the last cell states of an LSTM.
  private List<Wire> read() {
    List<Wire> all = new ArrayList<>();
    List<Wire> hidden = new ArrayList<>();
    List<Wire> cells = new ArrayList<>();
    int directions = node.input(1).shape().dim(0);
    for (int d = 0; d < directions; d++) {
      boolean backwards = d == 1 || direction().equals("reverse");
      Wire[] state = {initial(5, d), initial(6, d)};
      List<Wire> outputs = run(d, backwards, state);
      all.add(draw.unsqueeze(draw.concat(0, outputs), List.of(1)));
      hidden.add(draw.unsqueeze(state[0], List.of(0)));
      cells.add(draw.unsqueeze(state[1], List.of(0)));
    }
    Wire y = draw.concat(1, all);
    Wire last = draw.concat(0, hidden);
    Wire cell = draw.concat(0, cells);
    return batchFirst()
        ? List.of(
            draw.transpose(y, 2, 0, 1, 3),
            draw.transpose(last, 1, 0, 2),
            draw.transpose(cell, 1, 0, 2))
        : List.of(y, last, cell);
  }

  /// The state before the first step, `[B,U]`.
  private Wire initial(int index, int direction) {
    Optional<Wire> given = index == 6 && gates != 4 ? Optional.empty() : node.optional(index);
    if (given.isEmpty()) {
      return draw.constant(ElementType.FLOAT32, Shape.of(batch, units), new double[batch * units]);
    }
    Wire states = batchFirst() ? draw.transpose(given.get(), 1, 0, 2) : given.get();
    return draw.reshape(draw.part(states, 0, direction, direction + 1), Shape.of(batch, units));
  }

  /// Hidden states `[1,B,U]` in the order of the sequence; `state` holds the last ones afterwards.
  private List<Wire> run(int d, boolean backwards, Wire[] state) {
    Wire w = matrix(1, d);
    Wire r = matrix(2, d);
    Optional<Wire> bias =
        node.optional(3)
            .map(b -> draw.reshape(draw.part(b, 0, d, d + 1), Shape.of(2 * gates * units)));
    Optional<Wire> inputBias = bias.map(b -> draw.part(b, 0, 0, gates * units));
    Optional<Wire> stateBias = bias.map(b -> draw.part(b, 0, gates * units, 2 * gates * units));
    Wire projected = MatrixReaders.connected(draw, sequence, w, inputBias);
    List<Wire> outputs = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int t = backwards ? steps - 1 - i : i;
      Wire x = draw.reshape(draw.part(projected, 0, t, t + 1), Shape.of(batch, gates * units));
      switch (gates) {
        case 4 -> longShortTerm(d, x, r, stateBias, state);
        case 3 -> gated(d, x, r, stateBias, state);
        default ->
            state[0] = function(d, 0, 1, "Tanh", draw.add(x, connected(state[0], r, stateBias)));
      }
      Wire row = draw.unsqueeze(state[0], List.of(0));
      if (backwards) {
        outputs.addFirst(row);
      } else {
        outputs.add(row);
      }
    }
    return outputs;
  }

  private Wire matrix(int index, int d) {
    Wire weights = draw.part(node.input(index), 0, d, d + 1);
    return draw.reshape(weights, Shape.of(weights.shape().dim(1), weights.shape().dim(2)));
  }

  private Wire connected(Wire h, Wire r, Optional<Wire> bias) {
    return MatrixReaders.connected(draw, h, r, bias);
  }

  private Wire gate(Wire x, int number) {
    return draw.part(x, 1, number * units, (number + 1) * units);
  }

  /// Gates input, output, forget, cell.
  private void longShortTerm(int d, Wire x, Wire r, Optional<Wire> bias, Wire[] state) {
    Wire sum = draw.add(x, connected(state[0], r, bias));
    Wire input = function(d, 0, 3, "Sigmoid", peeped(d, 0, gate(sum, 0), state[1]));
    Wire forget = function(d, 0, 3, "Sigmoid", peeped(d, 2, gate(sum, 2), state[1]));
    Wire fresh = function(d, 1, 3, "Tanh", gate(sum, 3));
    state[1] = draw.add(draw.multiply(forget, state[1]), draw.multiply(input, fresh));
    Wire output = function(d, 0, 3, "Sigmoid", peeped(d, 1, gate(sum, 1), state[1]));
    state[0] = draw.multiply(output, function(d, 2, 3, "Tanh", state[1]));
  }

  /// A gate that sees the cell, where there are weights for it.
  private Wire peeped(int d, int number, Wire gate, Wire cell) {
    if (node.optional(7).isEmpty()) {
      return gate;
    }
    Wire weights =
        draw.part(draw.part(node.input(7), 0, d, d + 1), 1, number * units, (number + 1) * units);
    return draw.add(gate, draw.multiply(weights, cell));
  }

  /// Gates update, reset, hidden.
  private void gated(int d, Wire x, Wire r, Optional<Wire> bias, Wire[] state) {
    int both = 2 * units;
    Optional<Wire> gateBias = bias.map(b -> draw.part(b, 0, 0, both));
    Optional<Wire> hiddenBias = bias.map(b -> draw.part(b, 0, both, 3 * units));
    Wire first = connected(state[0], draw.part(r, 0, 0, both), gateBias);
    Wire update = function(d, 0, 2, "Sigmoid", draw.add(gate(x, 0), gate(first, 0)));
    Wire reset = function(d, 0, 2, "Sigmoid", draw.add(gate(x, 1), gate(first, 1)));
    Wire weights = draw.part(r, 0, both, 3 * units);
    Wire memory =
        node.flag("linear_before_reset", false)
            ? draw.multiply(reset, connected(state[0], weights, hiddenBias))
            : connected(draw.multiply(reset, state[0]), weights, hiddenBias);
    Wire fresh = function(d, 1, 2, "Tanh", draw.add(gate(x, 2), memory));
    Wire kept = draw.multiply(update, state[0]);
    state[0] = draw.add(draw.multiply(draw.subtract(draw.real(1), update), fresh), kept);
  }

  /// Activation number `index` of the `count` that each direction has.
  private Wire function(int d, int index, int count, String usual, Wire x) {
    List<String> names = node.texts("activations");
    int at = d * count + index;
    String name = at < names.size() ? names.get(at) : usual;
    return switch (name) {
      case "Sigmoid" -> draw.unary(Unary.Kind.LOGISTIC, x);
      case "Tanh" -> draw.unary(Unary.Kind.TANH, x);
      case "Relu" -> draw.relu(x);
      default -> throw node.unsupported("activation '%s'".formatted(OnnxNames.printable(name)));
    };
  }
}
