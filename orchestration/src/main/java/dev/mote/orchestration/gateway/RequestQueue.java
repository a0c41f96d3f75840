package dev.mote.orchestration.gateway;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// What waits to be sent to devices; it outlives the process.
///
/// A request stays until it is answered, and is sent again by a process that starts after one that
/// ended in the middle: at least once. Calls come from several threads, and may block.
public interface RequestQueue {

  /// A request.
  ///
  /// @param expires when it is not worth sending any more
  record Queued(UUID id, String endpoint, Request request, Instant expires) {}

  /// The requests of a device that are not answered, oldest first. The gateway sends the first,
  /// and asks again after it was answered.
  ///
  /// @param most how many at the most
  List<Queued> next(String endpoint, int most);

  /// Takes a request out. It may be told twice, and of a request that is gone.
  void answered(UUID id, Answer answer);
}
