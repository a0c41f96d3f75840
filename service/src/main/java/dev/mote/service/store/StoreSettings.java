package dev.mote.service.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where artifacts are kept.
///
/// @param folder of artifacts on disk, or of copies of those in a bucket
/// @param bucket of S3-compatible storage, used instead of the folder
/// @param endpoint URL of that storage; empty is Amazon's
/// @param region of the bucket
/// @param accessKey for the bucket; empty takes what the environment has
/// @param secretKey that goes with it
/// @param copiesBytes most that the folder holds of copies of what is in the bucket
/// @param grace how long an artifact stays that nobody holds
/// @param sweep how often those are looked for
@ConfigurationProperties("mote.store")
public record StoreSettings(
    @DefaultValue("data/artifacts") Path folder,
    Optional<String> bucket,
    Optional<String> endpoint,
    @DefaultValue("us-east-1") String region,
    Optional<String> accessKey,
    Optional<String> secretKey,
    @DefaultValue("10737418240") long copiesBytes,
    @DefaultValue("1h") Duration grace,
    @DefaultValue("1h") Duration sweep) {

  /// Without the secret.
  @Override
  public String toString() {
    return "StoreSettings[folder=%s, bucket=%s, endpoint=%s, region=%s]"
        .formatted(folder, bucket, endpoint, region);
  }
}
