package dev.mote.service.device;

import dev.mote.orchestration.gateway.DeviceEvent;
import dev.mote.orchestration.update.Phase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Figures of devices, for whoever watches the service.
final class DeviceMetrics {

  private final Counter registered;
  private final Counter updated;
  private final Counter ended;
  private final Counter answered;
  private final Counter measured;
  private final AtomicLong requests = new AtomicLong();
  private final Map<Phase, AtomicLong> phases = new EnumMap<>(Phase.class);

  DeviceMetrics(MeterRegistry meters, SqlJournal journal, Contacts contacts) {
    registered = messages(meters, "registered");
    updated = messages(meters, "updated");
    ended = messages(meters, "ended");
    answered = messages(meters, "answered");
    measured = messages(meters, "measured");
    Gauge.builder("mote.devices.requests", requests, AtomicLong::doubleValue)
        .description("requests that wait for devices, of all nodes")
        .register(meters);
    Gauge.builder("mote.devices.journal.waiting", journal, SqlJournal::waiting)
        .description("registrations that wait for the database")
        .register(meters);
    Gauge.builder("mote.devices.journal.kept", journal, SqlJournal::size)
        .description("registrations of which a copy is in memory")
        .register(meters);
    Gauge.builder("mote.devices.contacts.waiting", contacts, Contacts::waiting)
        .description("words of devices that wait for the database")
        .register(meters);
    for (Phase phase : Phase.values()) {
      if (!phase.isOver()) {
        AtomicLong count = new AtomicLong();
        phases.put(phase, count);
        Gauge.builder("mote.devices.updates", count, AtomicLong::doubleValue)
            .description("updates that run, of all nodes")
            .tag("phase", phase.name().toLowerCase(Locale.ROOT))
            .register(meters);
      }
    }
  }

  private static Counter messages(MeterRegistry meters, String kind) {
    return Counter.builder("mote.devices.messages")
        .description("what devices said to this node")
        .tag("kind", kind)
        .register(meters);
  }

  void happened(DeviceEvent event) {
    switch (event) {
      case DeviceEvent.Registered _ -> registered.increment();
      case DeviceEvent.Updated _ -> updated.increment();
      case DeviceEvent.Deregistered _, DeviceEvent.Expired _ -> ended.increment();
      case DeviceEvent.Answered _ -> answered.increment();
      case DeviceEvent.Measured _ -> measured.increment();
      case DeviceEvent.Moved _ -> {}
    }
  }

  void count(long waiting, List<Map.Entry<Phase, Long>> running) {
    requests.set(waiting);
    phases.values().forEach(count -> count.set(0));
    running.forEach(
        entry -> {
          AtomicLong count = phases.get(entry.getKey());
          if (count != null) {
            count.set(entry.getValue());
          }
        });
  }
}
