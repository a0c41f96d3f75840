package dev.mote.service.mqtt;

import com.hivemq.client.mqtt.MqttClientState;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// The connection of this process to the broker: made at the start, made again for as long as it
/// takes, and what runs over it.
final class MqttLink implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(MqttLink.class);
  private static final Duration FIRST_DELAY = Duration.ofMillis(500);
  private static final Duration LAST_DELAY = Duration.ofSeconds(30);
  private static final Duration WRITE_CONTACTS = Duration.ofSeconds(2);
  private static final Duration SUBSCRIBE_AGAIN = Duration.ofSeconds(10);
  private static final Duration FAREWELL = Duration.ofSeconds(3);
  private static final int KEEP_ALIVE_SECONDS = 30;

  /// What a message has besides its payload: topic, content type and other properties.
  private static final int AROUND_PAYLOAD = 2_048;

  private final MqttSettings settings;
  private final String clientId;
  private final TelemetryIn in;
  private final Function<Mqtt5AsyncClient, EventsOut> events;
  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicBoolean subscribed = new AtomicBoolean();
  private final MeterRegistry meters;
  private @Nullable Mqtt5AsyncClient client;
  private @Nullable EventsOut out;
  private @Nullable ScheduledExecutorService timer;
  private @Nullable ExecutorService work;
  private volatile boolean running;

  MqttLink(
      MqttSettings settings,
      String clientId,
      TelemetryIn in,
      Function<Mqtt5AsyncClient, EventsOut> events,
      MeterRegistry meters) {
    this.settings = settings;
    this.clientId = clientId;
    this.in = in;
    this.events = events;
    this.meters = meters;
  }

  @Override
  public synchronized void start() {
    if (!settings.isOn()) {
      return;
    }
    running = true;
    Mqtt5AsyncClient made = make();
    client = made;
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("mqtt").factory());
    timer = clock;
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mqtt-", 0).factory());
    work = threads;
    Gauge.builder("mote.mqtt.connected", made, c -> c.getState().isConnected() ? 1 : 0)
        .register(meters);
    if (settings.telemetry()) {
      Gauge.builder("mote.mqtt.subscribed", subscribed, is -> is.get() ? 1 : 0).register(meters);
      // Before the connection is there: a session that the broker kept begins with what it kept.
      made.publishes(
          MqttGlobalPublishFilter.ALL,
          in::take,
          Executors.newSingleThreadExecutor(Thread.ofVirtual().name("mqtt-in").factory()),
          true);
      var _ =
          clock.scheduleWithFixedDelay(
              this::writeContacts,
              WRITE_CONTACTS.toMillis(),
              WRITE_CONTACTS.toMillis(),
              TimeUnit.MILLISECONDS);
    }
    if (settings.events()) {
      EventsOut publisher = events.apply(made);
      out = publisher;
      threads.execute(
          () -> {
            try {
              publisher.run();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    connect(made);
  }

  private Mqtt5AsyncClient make() {
    Mqtt5ClientBuilder builder =
        Mqtt5Client.builder()
            .identifier(clientId)
            .serverHost(settings.host())
            .serverPort(settings.port())
            .automaticReconnect()
            .initialDelay(FIRST_DELAY.toMillis(), TimeUnit.MILLISECONDS)
            .maxDelay(LAST_DELAY.toMillis(), TimeUnit.MILLISECONDS)
            .applyAutomaticReconnect()
            .addConnectedListener(_ -> connected())
            .addDisconnectedListener(this::disconnected);
    if (settings.isSecure()) {
      try {
        builder = builder.sslConfig(BrokerTls.of(settings));
      } catch (IOException | GeneralSecurityException e) {
        throw new IllegalStateException(
            "MOTE-%d mote.mqtt: unreadable keys: %s"
                .formatted(MqttCodes.KEYS_UNREADABLE, e.getMessage()),
            e);
      }
    }
    if (settings.user().isPresent()) {
      builder =
          builder
              .simpleAuth()
              .username(settings.user().get())
              .password(settings.password().orElse("").getBytes(StandardCharsets.UTF_8))
              .applySimpleAuth();
    }
    return builder.buildAsync();
  }

  private void connect(Mqtt5AsyncClient made) {
    var _ =
        made.connectWith()
            .cleanStart(false)
            .sessionExpiryInterval(settings.session().toSeconds())
            .keepAlive(KEEP_ALIVE_SECONDS)
            .restrictions()
            .receiveMaximum(settings.inFlight())
            .maximumPacketSize(settings.largest() + AROUND_PAYLOAD)
            .applyRestrictions()
            .send()
            .whenComplete(
                (_, failure) -> {
                  if (failure != null && running) {
                    LOG.debug("the first connection to the broker failed", failure);
                  }
                });
  }

  private void connected() {
    told.set(false);
    LOG.info("connected with the MQTT broker {}:{}", settings.host(), settings.port());
    if (settings.telemetry()) {
      subscribe();
    }
  }

  /// Subscribes, also where the session says that it did before: brokers lose sessions.
  private void subscribe() {
    Mqtt5AsyncClient now = client;
    ScheduledExecutorService later = timer;
    if (now == null || later == null || !running || now.getState() != MqttClientState.CONNECTED) {
      return;
    }
    var _ =
        now.subscribeWith()
            .topicFilter(new Topics(settings.prefix()).subscription())
            .qos(MqttQos.AT_LEAST_ONCE)
            .send()
            .whenComplete(
                (_, failure) -> {
                  subscribed.set(failure == null);
                  if (failure != null && running) {
                    LOG.warn("the MQTT broker gives no telemetry: {}", failure.getMessage());
                    var _ =
                        later.schedule(
                            this::subscribe, SUBSCRIBE_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                  }
                });
  }

  private void disconnected(MqttClientDisconnectedContext context) {
    subscribed.set(false);
    if (!running) {
      context.getReconnector().reconnect(false);
    } else if (!told.getAndSet(true)) {
      // Once per outage, however many attempts it takes.
      LOG.warn("{}", words(context.getCause()));
    }
  }

  /// What the operator is told of a broker that cannot be reached.
  static String words(Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof SSLException) {
        return "MOTE-%d the MQTT broker and this service do not trust each other, tried again: %s"
            .formatted(MqttCodes.BROKER_NOT_TRUSTED, each.getMessage());
      }
    }
    return "MOTE-%d no MQTT broker, tried again: %s"
        .formatted(MqttCodes.BROKER_AWAY, cause.getMessage());
  }

  private void writeContacts() {
    try {
      in.writeContacts();
    } catch (RuntimeException e) {
      LOG.debug("contacts are written the next time", e);
    }
  }

  @Override
  public synchronized void stop() {
    if (!running) {
      return;
    }
    running = false;
    in.close();
    if (out != null) {
      out.close();
    }
    if (timer != null) {
      timer.shutdownNow();
    }
    if (client != null) {
      farewell(client);
    }
    if (work != null) {
      work.shutdownNow();
    }
  }

  /// Ends the connection; the session stays with the broker, and with it what nobody acknowledged.
  private void farewell(Mqtt5AsyncClient made) {
    try {
      made.disconnectWith()
          .sessionExpiryInterval(settings.session().toSeconds())
          .send()
          .get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("the broker was not told that this process ends", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
