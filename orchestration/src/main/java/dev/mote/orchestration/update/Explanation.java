package dev.mote.orchestration.update;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Why an update is where it is, in words.
public final class Explanation {

  private Explanation() {}

  /// Sentences, the most important first.
  public static List<String> of(UpdateProgress update, Instant now) {
    List<String> words = new ArrayList<>();
    words.add("It waits " + update.phase().waitsFor() + ".");
    update
        .failure()
        .ifPresent(
            failure ->
                words.add(
                    "%s: %s."
                        .formatted(
                            update.isOver() ? "The reason" : "The last attempt failed",
                            failure.what())));
    if (!update.isOver()) {
      words.add(
          "Attempt %d of %d; nothing has moved for %s."
              .formatted(
                  update.attempt(),
                  update.patience().attempts(),
                  text(Duration.between(update.lastProgress(), now))));
      words.add(
          update.reachable()
              ? "The device was last heard %s ago."
                  .formatted(text(Duration.between(update.lastContact(), now)))
              : "The device does not answer; it was last heard %s ago, and is waited for until %s."
                  .formatted(
                      text(Duration.between(update.lastContact(), now)),
                      update.lastContact().plus(update.patience().silence())));
    }
    if (update.handedOver()) {
      words.add(
          "%,d of %,d bytes have arrived.".formatted(update.bytesMoved(), update.wanted().bytes()));
    }
    update
        .report()
        .ifPresent(
            report ->
                words.add(
                    "The device reports state %d and result %d of object %d."
                        .formatted(report.state(), report.result(), update.object().id())));
    update
        .lastCode()
        .ifPresent(
            code -> words.add("Its last answer was %d.%02d.".formatted(code / 100, code % 100)));
    return List.copyOf(words);
  }

  private static String text(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200
        ? seconds / 60 + " min"
        : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
  }
}
