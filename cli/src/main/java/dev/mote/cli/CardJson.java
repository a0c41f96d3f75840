package dev.mote.cli;

import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Divergence;
import dev.mote.optimizer.fidelity.Fidelity;
import dev.mote.optimizer.fidelity.Fidelity.ClassRow;
import dev.mote.optimizer.fidelity.Fidelity.Labelled;
import dev.mote.optimizer.fidelity.Share;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was measured, as results and model cards have it in JSON. The fields are described in
/// `docs/reference/model-card.md`.
final class CardJson {

  private CardJson() {}

  static Map<String, Object> data(SampleSet samples) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", samples.name());
    json.put("samples", samples.size());
    json.put("labelled", samples.isLabelled());
    json.put("sha256", samples.sha256());
    json.put("preparation", samples.preparation());
    return json;
  }

  /// @param compares whether there was an original, or one model alone
  static Map<String, Object> fidelity(Fidelity fidelity, boolean compares) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", fidelity.samples());
    fidelity
        .labelled()
        .ifPresent(
            labelled -> {
              json.put("accuracy", share(labelled.candidate()));
              if (compares) {
                json.put("referenceAccuracy", share(labelled.reference()));
                json.put("negativeFlips", share(labelled.negativeFlips()));
                json.put("positiveFlips", share(labelled.positiveFlips()));
              }
              json.put("worstClass", labelled.worst().name());
              json.put("classes", classes(labelled, compares));
              json.put("confusion", labelled.confusion());
            });
    if (compares) {
      fidelity.agreement().ifPresent(agreement -> json.put("agreement", share(agreement.share())));
      json.put("divergence", divergence(fidelity.divergence()));
    }
    return json;
  }

  private static List<Map<String, Object>> classes(Labelled labelled, boolean compares) {
    return labelled.classes().stream().map(row -> classRow(row, compares)).toList();
  }

  private static Map<String, Object> classRow(ClassRow row, boolean compares) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("index", row.index());
    json.put("name", row.name());
    json.put("samples", row.candidate().of());
    json.put("right", row.candidate().count());
    if (compares) {
      json.put("referenceRight", row.reference().count());
      json.put("negativeFlips", row.negativeFlips().count());
    }
    return json;
  }

  static Map<String, @Nullable Object> share(Share share) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("value", finite(share.value()));
    json.put("count", share.count());
    json.put("of", share.of());
    json.put("low", share.low());
    json.put("high", share.high());
    return json;
  }

  static Map<String, @Nullable Object> divergence(Divergence divergence) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("meanAbsolute", divergence.meanAbsolute());
    json.put("maxAbsolute", divergence.maxAbsolute());
    json.put("rootMeanSquare", divergence.rootMeanSquare());
    json.put("relative", finite(divergence.relative()));
    json.put("signalToNoise", finite(divergence.signalToNoise()));
    divergence.kullbackLeibler().ifPresent(value -> json.put("kullbackLeibler", value));
    json.put("notFinite", divergence.notFinite());
    return json;
  }

  /// JSON has no infinity: null stands for it, and for what is not known.
  static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
