package dev.mote.service.job;

import java.util.Optional;
import java.util.UUID;

/// Where work is handed over that takes longer than a request.
public interface Jobs {

  /// Adds a job, in the caller's transaction if there is one.
  ///
  /// @param kind of a [JobHandler]
  /// @param subject what the handler needs to know; becomes JSON
  /// @param title what people read in a list
  UUID submit(UUID tenant, String kind, Object subject, String title);

  /// Asks for the end of a job. One that waits is cancelled at once; one that runs, in whichever
  /// process, within a second or two, if its handler lets it.
  ///
  /// @return false if there is no such job or it has ended
  boolean cancel(UUID tenant, UUID job);

  Optional<Job> find(UUID tenant, UUID job);
}
