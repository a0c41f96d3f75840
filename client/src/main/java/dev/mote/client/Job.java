package dev.mote.client;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A job of the service.
///
/// @param state `WAITING`, `RUNNING`, `SUCCEEDED`, `FAILED` or `CANCELLED`
/// @param progress per cent
/// @param attempts how often it was started
/// @param cancelAsked whether it is to be cancelled and has not obeyed yet
/// @param failure why it failed
public record Job(
    UUID id,
    String kind,
    String title,
    String state,
    int progress,
    String progressText,
    int attempts,
    boolean cancelAsked,
    Optional<String> failure,
    Map<String, Object> result,
    long logLines,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> ended) {
  /// Whether nothing comes after its state.
  public boolean isOver() {
    return !state.equals("WAITING") && !state.equals("RUNNING");
  }
}
