package dev.mote.service.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/// A server that speaks S3 and keeps all in memory: S3Proxy, in a process of its own, since its
/// libraries would meet those of the service.
final class S3Server implements AutoCloseable {

  static final String BUCKET = "mote";
  static final String KEY = "key";
  static final String SECRET = "secret";

  /// Maven puts it there before the tests.
  static final Path PROGRAM =
      Path.of(System.getProperty("mote.root", ".."), "service/target/s3/s3proxy.jar");

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final Process process;
  private final Path settings;
  private final String url;
  private final S3Client client;

  private S3Server(Process process, Path settings, String url) {
    this.process = process;
    this.settings = settings;
    this.url = url;
    this.client =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .region(Region.US_EAST_1)
            .endpointOverride(URI.create(url))
            .forcePathStyle(true)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
            .build();
  }

  /// Starts it with an empty bucket; empty where Maven has not brought it.
  static Optional<S3Server> start() throws IOException, InterruptedException {
    if (!Files.exists(PROGRAM)) {
      return Optional.empty();
    }
    String url = "http://127.0.0.1:" + freePort();
    Path settings = Files.createTempFile("s3", ".properties");
    Files.writeString(
        settings,
        """
        s3proxy.endpoint=%s
        s3proxy.authorization=aws-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        s3proxy.ignore-unknown-headers=true
        jclouds.provider=transient-nio2
        jclouds.identity=any
        jclouds.credential=any
        """
            .formatted(url, KEY, SECRET));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                PROGRAM.toString(),
                "org.gaul.s3proxy.Main",
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    S3Server server = new S3Server(process, settings, url);
    server.makeBucket();
    return Optional.of(server);
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private void makeBucket() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        client.createBucket(request -> request.bucket(BUCKET));
        return;
      } catch (SdkException notYet) {
        if (!process.isAlive() || System.nanoTime() > end) {
          close();
          throw new IOException("the S3 server does not start", notYet);
        }
        Thread.sleep(50);
      }
    }
  }

  String url() {
    return url;
  }

  /// Puts other bytes in the place of an object, as a fault of the storage would.
  void overwrite(String key, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    // With its digest said the body goes as one piece; the server does not know signed pieces.
    client.putObject(
        request -> request.bucket(BUCKET).key(key).checksumSHA256(digest(bytes)),
        RequestBody.fromBytes(bytes));
  }

  private static String digest(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
    process.destroyForcibly();
    Files.deleteIfExists(settings);
  }
}
