package dev.mote.web;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.FleetSettings;
import dev.mote.fleet.device.Profile;
import dev.mote.service.MoteService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/// A whole service with its pages and a database of its own, and virtual devices for it.
final class Station implements AutoCloseable {

  static final String PASSWORD = "correct horse battery staple";

  private final Path folder;
  private final int port;
  private final ConfigurableApplicationContext context;

  private Station(Path folder, int port, ConfigurableApplicationContext context) {
    this.folder = folder;
    this.port = port;
    this.context = context;
  }

  /// Starts it. Tests take the one that [NeedsBrowser] hands them.
  static Station start() {
    try {
      Path folder = Files.createTempDirectory("mote-web");
      int port = freePort();
      return new Station(
          folder,
          port,
          SpringApplication.run(
              MoteService.class,
              "--server.port=0",
              "--mote.lwm2m.coap=127.0.0.1:" + port,
              "--mote.lwm2m.coaps=off",
              "--mote.lwm2m.public-host=127.0.0.1",
              "--mote.database.folder=" + folder.resolve("database"),
              "--mote.access.folder=" + folder,
              "--mote.store.folder=" + folder.resolve("artifacts"),
              "--mote.access.admin-password=" + PASSWORD,
              "--mote.web.folder=" + Sources.root().resolve("web/dist"),
              "--logging.level.root=warn"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      return socket.getLocalPort();
    }
  }

  String address() {
    return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
  }

  /// Devices of this machine's kind that report every second.
  Fleet fleet(String prefix, int devices) {
    return Fleet.start(
        FleetSettings.of(URI.create("coap://127.0.0.1:" + port), devices)
            .withPrefix(prefix)
            .withProfiles(Profile.host())
            .withReports(Duration.ofSeconds(1), true));
  }

  @Override
  public void close() {
    context.close();
    try {
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
