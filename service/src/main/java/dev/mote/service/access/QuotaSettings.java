package dev.mote.service.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What a tenant may use unless its own quota says otherwise.
///
/// @param users how many users a tenant may have
/// @param tokens how many API tokens a tenant may have
/// @param models how many models
/// @param artifactBytes bytes of uploaded models and built modules
/// @param devices how many devices
/// @param groups how many groups of devices
/// @param jobsAtOnce how many jobs that wait or run
/// @param rolloutsAtOnce how many rollouts that have not ended
@ConfigurationProperties("mote.quotas")
public record QuotaSettings(
    @DefaultValue("1000") long users,
    @DefaultValue("1000") long tokens,
    @DefaultValue("10000") long models,
    @DefaultValue("107374182400") long artifactBytes,
    @DefaultValue("1000000") long devices,
    @DefaultValue("1000") long groups,
    @DefaultValue("1000") long jobsAtOnce,
    @DefaultValue("100") long rolloutsAtOnce) {

  long of(Quota quota) {
    return switch (quota) {
      case USERS -> users;
      case TOKENS -> tokens;
      case MODELS -> models;
      case ARTIFACT_BYTES -> artifactBytes;
      case DEVICES -> devices;
      case GROUPS -> groups;
      case JOBS_AT_ONCE -> jobsAtOnce;
      case ROLLOUTS_AT_ONCE -> rolloutsAtOnce;
    };
  }
}
