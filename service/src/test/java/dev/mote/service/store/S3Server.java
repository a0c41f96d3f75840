package dev.mote.service.store;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/// A server that speaks S3: moto, a program in Python, where it is installed.
final class S3Server implements AutoCloseable {

  static final String BUCKET = "mote";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final String url;

  private S3Server(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /// Starts it with an empty bucket; empty where it is not installed.
  static Optional<S3Server> start() throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", String.valueOf(port))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException noPython) {
      return Optional.empty();
    }
    S3Server server = new S3Server(process, "http://127.0.0.1:" + port);
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      try {
        server.put("/" + BUCKET, "");
        return Optional.of(server);
      } catch (IOException notYet) {
        Thread.sleep(100);
      }
    }
    server.close();
    return Optional.empty();
  }

  String url() {
    return url;
  }

  /// Puts other bytes in the place of an object, as a fault of the storage would.
  void overwrite(String key, String content) throws IOException {
    try {
      put("/" + BUCKET + "/" + key, content);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void put(String path, String content) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request,"
                    + " SignedHeaders=host, Signature=0")
            .PUT(BodyPublishers.ofString(content))
            .build();
    int status = HTTP.send(request, BodyHandlers.ofString()).statusCode();
    if (status != 200) {
      throw new IOException("PUT " + path + ": " + status);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
