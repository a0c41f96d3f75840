package dev.mote.service.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Artifacts as objects of a bucket, with copies on disk of those that were used last.
///
/// An object appears whole or not at all, and the storage checks it against the digest that goes
/// along. A copy is checked when it comes.
final class S3Blobs implements Blobs, AutoCloseable {

  private static final String PREFIX = "artifacts/";

  private final S3Client client;
  private final String bucket;
  private final FileBlobs copies;
  private final long copiesBytes;
  private final InstantSource realTime = InstantSource.system();

  S3Blobs(StoreSettings settings, FileBlobs copies) {
    this.bucket = settings.bucket().orElseThrow();
    this.copies = copies;
    this.copiesBytes = settings.copiesBytes();
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials(settings));
    // Storages other than Amazon's are addressed by paths: their buckets have no host names.
    settings
        .endpoint()
        .ifPresent(url -> builder.endpointOverride(URI.create(url)).forcePathStyle(true));
    this.client = builder.build();
  }

  private static AwsCredentialsProvider credentials(StoreSettings settings) {
    Optional<String> key = settings.accessKey();
    return key.isPresent()
        ? StaticCredentialsProvider.create(
            AwsBasicCredentials.create(key.get(), settings.secretKey().orElse("")))
        : DefaultCredentialsProvider.builder().build();
  }

  /// One attempt to see the bucket, so that a wrong setting is known when the service starts.
  void check() throws IOException {
    try {
      client.headBucket(request -> request.bucket(bucket));
    } catch (SdkException e) {
      throw new IOException(
          "mote.store.bucket: bucket '%s' cannot be used: %s".formatted(bucket, e.getMessage()), e);
    }
  }

  @Override
  public Path draft() throws IOException {
    return copies.draft();
  }

  @Override
  public void bring(String sha256, Path draft) throws IOException {
    if (!exists(sha256)) {
      try {
        client.putObject(
            request -> request.bucket(bucket).key(key(sha256)).checksumSHA256(checksum(sha256)),
            RequestBody.fromFile(draft));
      } catch (SdkException e) {
        throw new IOException("artifact %s could not be stored".formatted(sha256), e);
      }
    }
  }

  @Override
  public void put(String sha256, Path draft) throws IOException {
    bring(sha256, draft);
    copies.put(sha256, draft);
  }

  @Override
  public boolean exists(String sha256) throws IOException {
    try {
      client.headObject(request -> request.bucket(bucket).key(key(sha256)));
      return true;
    } catch (NoSuchKeyException e) {
      return false;
    } catch (SdkException e) {
      throw new IOException("the bucket does not say whether it has " + sha256, e);
    }
  }

  @Override
  public Path file(String sha256) throws IOException {
    if (!copies.exists(sha256)) {
      Path draft = copies.draft();
      try {
        fetch(sha256, draft);
        copies.put(sha256, draft);
      } finally {
        Files.deleteIfExists(draft);
      }
    }
    copies.used(sha256);
    return copies.file(sha256);
  }

  private void fetch(String sha256, Path draft) throws IOException {
    try (InputStream object = client.getObject(request -> request.bucket(bucket).key(key(sha256)));
        DigestInputStream in = new DigestInputStream(object, StoredArtifacts.sha256())) {
      Files.delete(draft);
      Files.copy(in, draft);
      if (!HexFormat.of().formatHex(in.getMessageDigest().digest()).equals(sha256)) {
        throw new ArtifactDamaged(sha256);
      }
    } catch (NoSuchKeyException e) {
      throw new NoSuchFileException(sha256);
    } catch (SdkException e) {
      throw new IOException("artifact %s could not be fetched".formatted(sha256), e);
    }
  }

  @Override
  public void delete(String sha256) throws IOException {
    try {
      client.deleteObject(request -> request.bucket(bucket).key(key(sha256)));
    } catch (SdkException e) {
      throw new IOException("artifact %s could not be deleted".formatted(sha256), e);
    }
    copies.delete(sha256);
  }

  @Override
  public Stream<String> olderThan(long seconds) {
    Instant before = realTime.instant().minusSeconds(seconds);
    return client
        .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(PREFIX))
        .contents()
        .stream()
        .filter(object -> object.lastModified().isBefore(before))
        .map(S3Object::key)
        .map(key -> key.substring(PREFIX.length()));
  }

  @Override
  public void tidy() throws IOException {
    copies.tidy();
    copies.trim(copiesBytes);
  }

  @Override
  public void close() {
    client.close();
  }

  private static String key(String sha256) {
    return PREFIX + FileBlobs.checked(sha256);
  }

  private static String checksum(String sha256) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
  }
}
