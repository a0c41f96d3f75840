package dev.mote.optimizer.fidelity;

import dev.mote.ir.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a changed model must keep of its original.
///
/// @param maxFlips largest part of samples that may turn from right to wrong
/// @param minAccuracy smallest part that must be right: absolute, or below 0 less than the
/// original's
/// @param minAgreement smallest part on which both must agree
public record Thresholds(
    OptionalDouble maxFlips, OptionalDouble minAccuracy, OptionalDouble minAgreement) {

  static final int FLIPS = 1320;
  static final int ACCURACY = 1321;
  static final int AGREEMENT = 1322;

  public static final Thresholds NONE =
      new Thresholds(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

  /// A part as text: `0.5%`, `0.005`, `-1%`.
  ///
  /// @throws IllegalArgumentException when it is none from -1 to 1
  public static double parse(String text) {
    String number = text.strip();
    boolean percent = number.endsWith("%");
    double value =
        Double.parseDouble(percent ? number.substring(0, number.length() - 1) : number)
            / (percent ? 100 : 1);
    if (!(value >= -1 && value <= 1)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no part of a whole; write 0.5% or 0.005");
    }
    return value;
  }

  /// Everything that is missed; empty when all is kept.
  public List<Diagnostic> check(Fidelity fidelity, String model) {
    List<Diagnostic> missed = new ArrayList<>();
    boolean needsLabels = maxFlips.isPresent() || minAccuracy.isPresent();
    if (needsLabels && fidelity.labelled().isEmpty()
        || minAgreement.isPresent() && fidelity.agreement().isEmpty()) {
      missed.add(
          Diagnostic.user(
              Fidelity.NO_LABELS,
              model,
              needsLabels && fidelity.agreement().isPresent()
                  ? "accuracy and flips need labels, the data have none"
                  : "the model has no classes to agree on, or to be right about",
              "give a folder for each class, or --labels FILE; a model without classes is measured by"
                  + " its divergence."));
      return missed;
    }
    fidelity.labelled().ifPresent(labelled -> checkLabelled(labelled, model, missed));
    fidelity
        .agreement()
        .map(Fidelity.Agreement::share)
        .filter(share -> minAgreement.isPresent() && share.value() < minAgreement.getAsDouble())
        .ifPresent(
            share ->
                missed.add(
                    missed(
                        AGREEMENT,
                        model,
                        "it agrees with the original on %s of %,d samples (%s), asked for %s",
                        share,
                        minAgreement.getAsDouble())));
    return missed;
  }

  private void checkLabelled(Fidelity.Labelled labelled, String model, List<Diagnostic> missed) {
    if (maxFlips.isPresent() && labelled.negativeFlips().value() > maxFlips.getAsDouble()) {
      missed.add(
          missed(
              FLIPS,
              model,
              "%s of %,d samples were right and are wrong now (%s), at most %s may",
              labelled.negativeFlips(),
              maxFlips.getAsDouble()));
    }
    floor(labelled)
        .filter(floor -> labelled.candidate().value() < floor)
        .ifPresent(
            floor ->
                missed.add(
                    missed(
                        ACCURACY,
                        model,
                        "%s of %,d samples are right (%s), at least %s must",
                        labelled.candidate(),
                        floor)));
  }

  /// The accuracy that is asked for.
  private Optional<Double> floor(Fidelity.Labelled labelled) {
    if (minAccuracy.isEmpty()) {
      return Optional.empty();
    }
    double value = minAccuracy.getAsDouble();
    // Minus zero asks for the original's own accuracy.
    boolean relative = value < 0 || 1 / value < 0;
    return Optional.of(relative ? labelled.reference().value() + value : value);
  }

  private static Diagnostic missed(int code, String model, String what, Share share, double limit) {
    return Diagnostic.user(
        code,
        model,
        what.formatted(
            share.percent(),
            share.of(),
            "95 % interval " + share.interval(),
            String.format(Locale.ROOT, "%.2f %%", 100 * limit)),
        "keep more bits where 'mote sensitivity' shows the loss, calibrate on more data, or allow"
            + " more.");
  }
}
