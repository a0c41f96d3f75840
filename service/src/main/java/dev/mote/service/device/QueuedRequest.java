package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.Request;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A request to a device, as it waits.
///
/// @param origin who wants it: the name of an [Origin], then what that needs, after a colon
/// @param cause the update that it belongs to
record QueuedRequest(
    UUID id,
    UUID tenant,
    UUID device,
    String endpoint,
    String origin,
    Optional<UUID> cause,
    Request request,
    Instant expires) {

  /// A request with its answer.
  record Answered(QueuedRequest request, Answer answer) {}

  /// What the origin added to its name.
  String detail() {
    int colon = origin.indexOf(':');
    return colon < 0 ? "" : origin.substring(colon + 1);
  }

  /// Another request for the same reason.
  QueuedRequest instead(UUID newId, Request other) {
    return new QueuedRequest(newId, tenant, device, endpoint, origin, cause, other, expires);
  }

  /// Who asks devices for something, and takes the answers.
  interface Origin {

    /// Before the colon of [QueuedRequest#origin].
    String name();

    /// Takes an answer, in the transaction that takes the request out of the queue.
    void answered(QueuedRequest request, Answer answer);

    /// Takes many answers, in one transaction.
    default void answeredAll(List<Answered> answers) {
      answers.forEach(one -> answered(one.request(), one.answer()));
    }

    /// The request was sent by a process that ended before the answer came.
    ///
    /// @return whether to send it again; if not, all that follows from it was done in the
    ///     transaction
    boolean again(QueuedRequest request);

    /// Whether [#again] is asked also when the request was sent by this process: the device fell
    /// asleep before the answer, say.
    default boolean isSentOnce(QueuedRequest request) {
      return false;
    }
  }
}
