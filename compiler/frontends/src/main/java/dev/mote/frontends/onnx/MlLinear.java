package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import java.util.List;
import java.util.Map;

/// Reads linear models of `ai.onnx.ml`.
final class MlLinear {

  private MlLinear() {}

  static void register(Map<String, Reading> readings) {
    readings.put("LinearClassifier", MlLinear::classifier);
    readings.put("LinearRegressor", (node, draw) -> List.of(regressor(node, draw)));
  }

  private static List<Wire> classifier(NodeView node, Blocks draw) {
    MlScores classes = new MlScores(node, draw);
    Wire x = MlReaders.rows(node, draw);
    double[] weights = MlReaders.floats(node, "coefficients");
    double[] bias = MlReaders.floats(node, "intercepts");
    if (bias.length == 0 && x.shape().last() > 0) {
      bias = new double[weights.length / x.shape().last()];
    }
    Wire scores = MlReaders.affine(node, draw, x, weights, bias);
    String transform = node.text("post_transform", "NONE");
    if (bias.length == 1) {
      node.require(classes.count() == 2, "one score for %d classes".formatted(classes.count()));
      return List.of(
          classes.second(scores, 0),
          draw.classes(classes.pair(scores, MlScores.Pair.COMPLEMENT, transform), classes.texts()));
    }
    node.require(
        classes.count() == bias.length,
        "%d scores for %d classes".formatted(bias.length, classes.count()));
    return List.of(
        classes.likeliest(scores),
        draw.classes(MlScores.transform(node, draw, scores, transform), classes.texts()));
  }

  private static Wire regressor(NodeView node, Blocks draw) {
    Wire x = MlReaders.rows(node, draw);
    int targets = node.small("targets", 1);
    node.require(targets > 0, "it has %d targets".formatted(targets));
    double[] bias = MlReaders.floats(node, "intercepts");
    if (bias.length == 0) {
      bias = new double[targets];
    }
    node.require(bias.length == targets, "it has %d intercepts".formatted(bias.length));
    Wire scores = MlReaders.affine(node, draw, x, MlReaders.floats(node, "coefficients"), bias);
    return MlScores.transform(node, draw, scores, node.text("post_transform", "NONE"));
  }
}
