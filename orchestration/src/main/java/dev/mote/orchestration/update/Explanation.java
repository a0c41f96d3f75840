package dev.mote.orchestration.update;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
                    "The device says that %s (state %d and result %d of object %d)."
                        .formatted(
                            stage(update.object(), report),
                            report.state(),
                            report.result(),
                            update.object().id())));
    update
        .lastCode()
        .ifPresent(
            code ->
                words.add(
                    "Its last answer was %d.%02d%s."
                        .formatted(code / 100, code % 100, name(code))));
    return List.copyOf(words);
  }

  /// What a device says by its state and result.
  static String stage(UpdateObject object, DeviceReport report) {
    Optional<Failure> failure = ResultCode.failure(object, report.result());
    if (failure.isPresent()) {
      return failure.get().what();
    }
    return DeviceStage.of(object, report.state())
        .map(
            stage ->
                switch (stage) {
                  case IDLE -> "nothing is under way";
                  case DOWNLOADING -> "it downloads";
                  case CHECKING -> "it checks the package";
                  case READY -> "the package is ready to be installed";
                  case INSTALLING -> "it installs the package";
                  case INSTALLED -> "the package is installed";
                })
        .orElse("it is in a state that the object does not have");
  }

  /// The names of RFC 7252 and RFC 7959.
  private static String name(int code) {
    return switch (code) {
      case 201 -> " Created";
      case 202 -> " Deleted";
      case 204 -> " Changed";
      case 205 -> " Content";
      case 231 -> " Continue";
      case 400 -> " Bad Request";
      case 401 -> " Unauthorized";
      case 402 -> " Bad Option";
      case 403 -> " Forbidden";
      case 404 -> " Not Found";
      case 405 -> " Method Not Allowed";
      case 406 -> " Not Acceptable";
      case 408 -> " Request Entity Incomplete";
      case 409 -> " Conflict";
      case 412 -> " Precondition Failed";
      case 413 -> " Request Entity Too Large";
      case 415 -> " Unsupported Content-Format";
      case 500 -> " Internal Server Error";
      case 501 -> " Not Implemented";
      case 503 -> " Service Unavailable";
      default -> "";
    };
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
