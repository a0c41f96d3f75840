package dev.mote.service.job;

import java.time.Duration;

/// What does the work of one kind of job; a bean.
///
/// It may be run more than once for the same job: when the process dies in the middle, another one
/// starts from the beginning.
public interface JobHandler {

  /// Name of the kind, such as `compilation`.
  String kind();

  /// Does the work. A normal return is success, an exception is failure, whose message is shown to
  /// the tenant.
  void run(JobContext job) throws Exception;

  /// The longest that one run may take. After that its thread is interrupted and the job fails.
  default Duration limit() {
    return Duration.ofHours(1);
  }

  /// How often it is tried when it throws.
  default int attempts() {
    return 1;
  }
}
