package dev.mote.service.job;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How jobs are run.
///
/// @param atOnce jobs that one process runs at a time
/// @param atOncePerTenant jobs of one tenant that run at a time in all processes
/// @param heartbeat how often a process says that it is still at its jobs; after four missed ones
///     others take over
/// @param poll how often a process looks for jobs and cancellations of other processes
/// @param takeOvers how often a job whose process died is started again before it fails
/// @param logLines most lines kept of a job's log
/// @param keep how long ended jobs are kept
@ConfigurationProperties("mote.job")
public record JobSettings(
    @DefaultValue("4") int atOnce,
    @DefaultValue("8") int atOncePerTenant,
    @DefaultValue("5s") Duration heartbeat,
    @DefaultValue("1s") Duration poll,
    @DefaultValue("5") int takeOvers,
    @DefaultValue("10000") int logLines,
    @DefaultValue("30d") Duration keep) {

  public JobSettings {
    if (atOnce < 1 || atOncePerTenant < 1 || takeOvers < 1 || logLines < 1) {
      throw new IllegalArgumentException(
          "mote.job: at-once, at-once-per-tenant, take-overs and log-lines must be at least 1");
    }
    if (heartbeat.toMillis() < 1 || poll.toMillis() < 1 || keep.isNegative()) {
      throw new IllegalArgumentException("mote.job: durations must be positive");
    }
  }
}
