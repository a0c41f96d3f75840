package dev.mote.service.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.mote.orchestration.gateway.BadContentException;
import dev.mote.orchestration.gateway.Measurement;
import dev.mote.orchestration.gateway.Senml;
import dev.mote.service.device.KnownDevices;
import dev.mote.service.device.LastContacts;
import dev.mote.service.device.MeasurementListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes telemetry from the broker, and acknowledges each message when its values are stored.
///
/// Called by one thread. While there is no room or no database it does not return, so that the
/// broker keeps what comes: it hands over only so many messages that are not acknowledged.
final class TelemetryIn {

  private static final Logger LOG = LoggerFactory.getLogger(TelemetryIn.class);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final MqttSettings settings;
  private final Topics topics;
  private final TenantNames tenants;
  private final KnownDevices devices;
  private final LastContacts contacts;
  private final Supplier<List<MeasurementListener>> listeners;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Set<UUID> heard = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  TelemetryIn(
      MqttSettings settings,
      TenantNames tenants,
      KnownDevices devices,
      LastContacts contacts,
      Supplier<List<MeasurementListener>> listeners,
      Clock clock,
      MeterRegistry meters) {
    this.settings = settings;
    this.topics = new Topics(settings.prefix());
    this.tenants = tenants;
    this.devices = devices;
    this.contacts = contacts;
    this.listeners = listeners;
    this.clock = clock;
    this.meters = meters;
  }

  /// Why a message is left out.
  private enum Reason {
    TOPIC,
    SIZE,
    CONTENT,
    DEVICE
  }

  /// Takes a message. Whatever is in it, this neither fails nor leaves it unanswered.
  void take(Mqtt5Publish message) {
    meters.counter("mote.mqtt.received").increment();
    try {
      Optional<Topics.Source> source = topics.source(message.getTopic().toString());
      byte[] payload = message.getPayloadAsBytes();
      if (source.isEmpty()) {
        drop(message, Reason.TOPIC);
      } else if (payload.length > settings.largest()) {
        drop(message, Reason.SIZE);
      } else {
        Instant now = clock.instant();
        hand(message, source.get(), now, Senml.read(isCbor(message, payload), payload, now));
      }
    } catch (BadContentException | RuntimeException e) {
      LOG.debug("nonsense at {}: {}", message.getTopic(), e.getMessage());
      drop(message, Reason.CONTENT);
    } catch (InterruptedException e) {
      // The process ends; the broker gives the message to another.
      Thread.currentThread().interrupt();
    }
  }

  /// By the content type; a JSON pack begins with a bracket, which is no beginning of a CBOR one.
  private static boolean isCbor(Mqtt5Publish message, byte[] payload) {
    String type = message.getContentType().map(Object::toString).orElse("");
    if (type.contains("cbor")) {
      return true;
    }
    return !type.contains("json") && payload.length > 0 && (payload[0] & 0xe0) == 0x80;
  }

  private void drop(Mqtt5Publish message, Reason reason) {
    meters
        .counter("mote.mqtt.dropped", "reason", reason.name().toLowerCase(Locale.ROOT))
        .increment();
    acknowledge(message);
  }

  private static void acknowledge(Mqtt5Publish message) {
    if (message.getQos() != MqttQos.AT_MOST_ONCE) {
      message.acknowledge();
    }
  }

  private void hand(
      Mqtt5Publish message, Topics.Source source, Instant arrived, List<Measurement> values)
      throws InterruptedException {
    Optional<KnownDevices.Owned> device = device(source);
    if (device.isEmpty()) {
      drop(message, Reason.DEVICE);
      return;
    }
    List<CompletableFuture<Void>> stored = new ArrayList<>();
    for (MeasurementListener listener : listeners.get()) {
      stored.add(hand(listener, device.get(), arrived, values));
    }
    heard.add(device.get().device());
    var _ =
        CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new))
            .thenRun(() -> acknowledge(message));
  }

  /// The device, if it is the tenant's. Waits for the database.
  private Optional<KnownDevices.Owned> device(Topics.Source source) throws InterruptedException {
    while (true) {
      try {
        Optional<UUID> tenant = tenants.tenant(source.tenant());
        return tenant.flatMap(
            id -> devices.find(source.endpoint()).filter(owned -> owned.tenant().equals(id)));
      } catch (RuntimeException e) {
        pause("the database is not there", e);
      }
    }
  }

  /// Hands values to a listener; waits for room.
  private CompletableFuture<Void> hand(
      MeasurementListener listener,
      KnownDevices.Owned device,
      Instant arrived,
      List<Measurement> values)
      throws InterruptedException {
    while (true) {
      CompletableFuture<Void> stored =
          listener.store(device.tenant(), device.device(), arrived, values).toCompletableFuture();
      if (!stored.isCompletedExceptionally()) {
        return stored;
      }
      pause("there is no room", null);
    }
  }

  private void pause(String why, @Nullable Throwable cause) throws InterruptedException {
    if (closed) {
      throw new InterruptedException("closed");
    }
    LOG.debug("telemetry over MQTT waits: {}", why, cause);
    Thread.sleep(PAUSE);
  }

  /// Writes which devices were heard since the last time.
  void writeContacts() {
    List<UUID> now = List.copyOf(heard);
    now.forEach(heard::remove);
    contacts.note(now);
  }

  void close() {
    closed = true;
  }
}
