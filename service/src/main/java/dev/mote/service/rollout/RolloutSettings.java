package dev.mote.service.rollout;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How rollouts are driven.
///
/// @param poll how often a process looks for rollouts that others left, or whose time has come
/// @param batch most events taken in one transaction
/// @param approval whether every rollout must be approved by a second person
@ConfigurationProperties("mote.rollout")
public record RolloutSettings(
    @DefaultValue("1s") Duration poll,
    @DefaultValue("500") int batch,
    @DefaultValue("false") boolean approval) {

  public RolloutSettings {
    if (poll.toMillis() < 1 || batch < 1) {
      throw new IllegalArgumentException("mote.rollout: poll and batch must be above 0");
    }
  }
}
