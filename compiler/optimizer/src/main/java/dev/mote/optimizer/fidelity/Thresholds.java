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
/// @param minSignalToNoise smallest [Divergence#signalToNoise], in decibels
public record Thresholds(
    OptionalDouble maxFlips,
    OptionalDouble minAccuracy,
    OptionalDouble minAgreement,
    OptionalDouble minSignalToNoise) {

  static final int FLIPS = 1320;
  static final int ACCURACY = 1321;
  static final int AGREEMENT = 1322;
  static final int DIVERGENCE = 1325;

  private static final String FIX =
      "keep more bits where 'mote sensitivity' shows the loss, calibrate on more data, or allow"
          + " more.";

  public static final Thresholds NONE =
      new Thresholds(
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty());

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
    checkDivergence(fidelity.divergence(), model, missed);
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

  private void checkDivergence(Divergence divergence, String model, List<Diagnostic> missed) {
    if (minSignalToNoise.isPresent()
        && !(divergence.signalToNoise() >= minSignalToNoise.getAsDouble())) {
      missed.add(
          Diagnostic.user(
              DIVERGENCE,
              model,
              String.format(
                  Locale.ROOT,
                  "its outputs are %.1f dB above their difference from the original's, asked for"
                      + " %.1f dB",
                  divergence.signalToNoise(),
                  minSignalToNoise.getAsDouble()),
              FIX));
    }
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
        FIX);
  }
}
