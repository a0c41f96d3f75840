package dev.mote.frontends.onnx;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Compare;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.List;
import java.util.Optional;

/// What classifiers of `ai.onnx.ml` make of their scores: a label, and numbers for each class.
/// Where the standard is silent (two classes with one score), this follows ONNX Runtime.
final class MlScores {

  /// How a score s of two classes becomes two, without LOGISTIC, which is a function of -s and s.
  enum Pair {
    /// 1 - s and s.
    COMPLEMENT,
    /// -s and s.
    OPPOSITE
  }

  private static final float ZERO = 1e-7f;

  private final NodeView node;
  private final Blocks draw;
  private final Optional<List<String>> names;
  private final long[] numbers;

  MlScores(NodeView node, Blocks draw) {
    this(
        node,
        draw,
        "classlabels_strings",
        node.has("classlabels_ints") ? "classlabels_ints" : "classlabels_int64s");
  }

  MlScores(NodeView node, Blocks draw, String strings, String integers) {
    this.node = node;
    this.draw = draw;
    List<String> texts = node.texts(strings).stream().map(OnnxNames::printable).toList();
    this.numbers = node.longs(integers).orElse(new long[0]);
    this.names = texts.isEmpty() ? Optional.empty() : Optional.of(texts);
    if (texts.isEmpty() == (numbers.length == 0)) {
      throw node.attribute("it has no class labels, or two lists of them");
    }
  }

  int count() {
    return names.map(List::size).orElse(numbers.length);
  }

  /// Names of the classes.
  List<String> texts() {
    return names.orElseGet(
        () -> java.util.Arrays.stream(numbers).mapToObj(Long::toString).toList());
  }

  // ---- labels ----------------------------------------------------------------------------------

  /// Labels `[N]` of the classes with the largest scores `[N,K]`.
  Wire likeliest(Wire scores) {
    Wire index =
        draw.drawing()
            .add(
                new Op.ArgReduce(true, 1),
                TensorType.plain(ElementType.INT64, Shape.of(scores.shape().dim(0))),
                List.of(scores));
    return label(index);
  }

  /// Labels `[N]` of the second class where `score` `[N,1]` is above `limit`.
  Wire second(Wire score, double limit) {
    Wire above = draw.compare(Compare.Kind.GREATER, score, draw.real(limit));
    return label(draw.reshape(draw.cast(above, ElementType.INT64), Shape.of(score.shape().dim(0))));
  }

  /// The labels of classes by their numbers.
  Wire label(Wire index) {
    if (names.isPresent()) {
      return draw.texts(index, names.get());
    }
    boolean same = true;
    for (int i = 0; i < numbers.length; i++) {
      same &= numbers[i] == i;
    }
    return same
        ? index
        : draw.gather(draw.integers(numbers), 0, draw.cast(index, ElementType.INT32));
  }

  // ---- numbers ---------------------------------------------------------------------------------

  /// Two columns of one score `[N,1]`, transformed.
  Wire pair(Wire score, Pair pair, String transform) {
    if (transform.equals("PROBIT")) {
      throw node.unsupported("post_transform PROBIT of a single score");
    }
    boolean logistic = transform.equals("LOGISTIC");
    if (pair == Pair.OPPOSITE || logistic) {
      Wire both = draw.concat(1, List.of(draw.unary(Unary.Kind.NEG, score), score));
      return logistic ? draw.unary(Unary.Kind.LOGISTIC, both) : both;
    }
    return draw.concat(1, List.of(draw.subtract(draw.real(1), score), score));
  }

  /// `scores` `[N,K]` as attribute `post_transform` asks.
  static Wire transform(NodeView node, Blocks draw, Wire scores, String how) {
    return switch (how) {
      case "NONE" -> scores;
      case "LOGISTIC" -> draw.unary(Unary.Kind.LOGISTIC, scores);
      case "SOFTMAX" -> draw.drawing().add(new Op.Softmax(1), scores.type(), List.of(scores));
      case "SOFTMAX_ZERO" -> softmaxZero(draw, scores);
      case "PROBIT" -> probit(draw, scores);
      default ->
          throw node.attribute("its post_transform is '%s'".formatted(OnnxNames.printable(how)));
    };
  }

  /// Softmax that leaves scores of zero near zero.
  private static Wire softmaxZero(Blocks draw, Wire scores) {
    Wire largest = draw.reduce(Op.Reduce.Kind.MAX, scores, List.of(1), true);
    Wire powers = draw.unary(Unary.Kind.EXP, draw.subtract(scores, largest));
    Wire scored =
        draw.compare(Compare.Kind.GREATER, draw.unary(Unary.Kind.ABS, scores), draw.real(ZERO));
    Wire sum =
        draw.reduce(
            Op.Reduce.Kind.SUM, draw.select(scored, powers, draw.real(0)), List.of(1), true);
    Wire rest =
        draw.multiply(scores, draw.unary(Unary.Kind.EXP, draw.unary(Unary.Kind.NEG, largest)));
    return draw.divide(draw.select(scored, powers, rest), sum);
  }

  /// The inverse of the normal distribution function, by Winitzki's formula for the inverse error
  /// function, as ONNX Runtime computes it.
  private static Wire probit(Blocks draw, Wire p) {
    Wire x = draw.subtract(draw.multiply(p, draw.real(2)), draw.real(1));
    Wire product = draw.multiply(draw.subtract(draw.real(1), x), draw.add(draw.real(1), x));
    Wire log = draw.unary(Unary.Kind.LOG, product);
    Wire v = draw.add(draw.multiply(log, draw.real(0.5)), draw.real(2 / (3.14159f * 0.147f)));
    Wire v2 = draw.multiply(log, draw.real(1 / 0.147f));
    Wire root = draw.unary(Unary.Kind.SQRT, draw.subtract(draw.multiply(v, v), v2));
    Wire size = draw.unary(Unary.Kind.SQRT, draw.subtract(root, v));
    Wire negative = draw.compare(Compare.Kind.LESS, x, draw.real(0));
    Wire signed = draw.select(negative, draw.unary(Unary.Kind.NEG, size), size);
    return draw.multiply(signed, draw.real(1.41421356f));
  }
}
