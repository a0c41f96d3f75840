package dev.mote.service.device;

import dev.mote.orchestration.bootstrap.BootstrapServer;
import dev.mote.orchestration.gateway.GatewaySettings;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// The bootstrap server of this process, where one is set up.
final class BootstrapDoor implements SmartLifecycle, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BootstrapDoor.class);

  private final GatewaySettings settings;
  private final SqlCredentials credentials;
  private final Bootstraps bootstraps;
  private volatile @Nullable BootstrapServer server;

  BootstrapDoor(GatewaySettings settings, SqlCredentials credentials, Bootstraps bootstraps) {
    this.settings = settings;
    this.credentials = credentials;
    this.bootstraps = bootstraps;
  }

  @Override
  public synchronized void start() {
    if (settings.at().coaps().isPresent()) {
      BootstrapServer started =
          BootstrapServer.start(settings, credentials, bootstraps, bootstraps::ended);
      server = started;
      LOG.info("devices bootstrap at {}", started.addresses());
    }
  }

  /// Where it listens; nowhere when none is set up.
  List<InetSocketAddress> addresses() {
    BootstrapServer running = server;
    return running == null ? List.of() : running.addresses();
  }

  @Override
  public synchronized void stop() {
    BootstrapServer running = server;
    if (running != null) {
      running.close();
      server = null;
    }
  }

  @Override
  public void close() {
    stop();
    credentials.close();
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }
}
