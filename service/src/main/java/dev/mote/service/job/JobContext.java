package dev.mote.service.job;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// One run of a job, as its handler sees it. All methods may be called from any thread.
public interface JobContext {

  UUID id();

  UUID tenant();

  /// What was submitted.
  JsonNode subject();

  /// How far it is. Kept for the next report, a few times a second; only the last call counts.
  ///
  /// @param percent 0 to 100
  void progress(int percent, String text);

  /// Adds a line to the job's log, which is bounded in lines and in the length of each.
  void log(String line);

  /// What came out, shown with the job once it succeeded.
  void result(Object json);

  /// Whether to stop: it was cancelled, took too long, was taken over, or the process ends. The
  /// thread is interrupted as well.
  boolean isCancelled();
}
