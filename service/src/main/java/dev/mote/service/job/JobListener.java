package dev.mote.service.job;

import java.util.UUID;

/// A bean that acts on the end of jobs, in the transaction which ends them: both happen, or
/// neither.
public interface JobListener {

  /// Acts on the end of a job.
  ///
  /// @param kind of the job; listeners pass over those that are not theirs
  /// @param state SUCCEEDED, FAILED or CANCELLED
  void ended(UUID tenant, UUID job, String kind, JobState state);
}
