package dev.mote.service.device;

import dev.mote.orchestration.gateway.Credentials;
import dev.mote.orchestration.gateway.DeviceEvent;
import dev.mote.orchestration.gateway.DeviceListener;
import dev.mote.orchestration.gateway.Gateway;
import dev.mote.orchestration.gateway.GatewaySettings;
import dev.mote.orchestration.gateway.Measurement;
import dev.mote.orchestration.gateway.PackageSource;
import dev.mote.orchestration.object.MoteObjects;
import dev.mote.orchestration.update.Phase;
import dev.mote.orchestration.update.UpdateEvent;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The LwM2M server of this process, between devices and the database; and what goes by the clock.
final class Lwm2mServer
    implements SmartLifecycle, DeviceListener, Signals.Listener, UpdateExecutor.Stopper {

  private static final Logger LOG = LoggerFactory.getLogger(Lwm2mServer.class);
  private static final Duration LOOK_FOR_DUE = Duration.ofMillis(500);
  private static final Duration WRITE_CONTACTS = Duration.ofSeconds(2);
  private static final Duration SWEEP = Duration.ofSeconds(30);
  private static final Duration POSTPONED = Duration.ofSeconds(30);
  private static final int MOST_DUE = 500;
  private static final int MOST_ERRANDS = 2000;
  private static final int MOST_WORKING = 4;
  private static final int MOST_MODULES_KNOWN = 100_000;

  /// What it stands on.
  record Parts(
      GatewaySettings settings,
      SqlJournal journal,
      SqlRequests requests,
      Wishes wishes,
      Credentials credentials,
      PackageSource packages,
      Contacts contacts,
      CapabilityReader capabilities,
      KnownDevices known,
      Signals signals,
      JdbcClient jdbc,
      Clock clock,
      DeviceMetrics metrics) {}

  private final Parts parts;
  private final Supplier<UpdateExecutor> updates;
  private final Supplier<List<MeasurementListener>> listeners;
  private final Map<String, Instant> heard = new ConcurrentHashMap<>();
  private final Map<UUID, Long> moved = new ConcurrentHashMap<>();
  private final Map<String, Map<Integer, Object>> modules =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<Integer, Object>> eldest) {
          return size() > MOST_MODULES_KNOWN;
        }
      };
  private final Semaphore errands = new Semaphore(MOST_ERRANDS);
  // The rest of the database's connections is for the others.
  private final Semaphore working = new Semaphore(MOST_WORKING);
  private final ExecutorService errandThreads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable ScheduledExecutorService timer;
  private volatile @Nullable Gateway gateway;

  Lwm2mServer(
      Parts parts,
      Supplier<UpdateExecutor> updates,
      Supplier<List<MeasurementListener>> listeners) {
    this.parts = parts;
    this.updates = updates;
    this.listeners = listeners;
  }

  @Override
  public synchronized void start() {
    try {
      parts.journal.warm();
    } catch (SQLException | RuntimeException e) {
      LOG.warn("registrations are read one by one: {}", e.getMessage());
    }
    Gateway started =
        Gateway.start(
            parts.settings, parts.journal, parts.requests, parts.credentials, parts.packages, this);
    gateway = started;
    LOG.info("listens for devices at {} as {}", started.addresses(), parts.settings.node());
    parts.requests.onWake(this::wake);
    parts.signals.listen(this);
    parts.signals.start();
    ScheduledExecutorService threads =
        Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("devices-", 0).factory());
    timer = threads;
    every(threads, LOOK_FOR_DUE, this::due);
    every(threads, WRITE_CONTACTS, this::writeContacts);
    every(threads, SWEEP, this::sweep);
    errand(this::wakeAll);
  }

  private static void every(ScheduledExecutorService threads, Duration time, Runnable work) {
    Runnable careful =
        () -> {
          try {
            work.run();
          } catch (RuntimeException e) {
            LOG.warn("put off until the next time: {}", e.toString());
          }
        };
    threads.scheduleWithFixedDelay(
        careful, time.toMillis(), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void wakeAll() {
    parts.requests.waiting().forEach(parts.requests::news);
    parts.wishes.find(null, this::wake);
  }

  private void wake(String endpoint) {
    Gateway running = gateway;
    if (running != null) {
      running.wake(endpoint);
    }
  }

  /// Where it listens: CoAP, then CoAPs, as far as set up.
  List<InetSocketAddress> addresses() {
    Gateway running = gateway;
    return running == null ? List.of() : running.addresses();
  }

  @Override
  public void stop(String endpoint, UUID request) {
    Gateway running = gateway;
    if (running != null) {
      running.cancel(endpoint, request);
    }
    errand(
        () ->
            parts
                .jdbc
                .sql("select node from device_registration where endpoint = :endpoint")
                .param("endpoint", endpoint)
                .query(String.class)
                .optional()
                .filter(node -> !node.equals(parts.signals.node()))
                .ifPresent(
                    node ->
                        parts.signals.tell(node, Signals.Kind.STOP, request + "\n" + endpoint)));
  }

  @Override
  public void heard(Signals.Kind kind, String subject) {
    switch (kind) {
      case WAKE -> parts.requests.news(subject);
      case LOST -> forget(subject);
      case STOP -> {
        Gateway running = gateway;
        String[] words = subject.split("\n", 2);
        if (running != null) {
          running.cancel(words[1], UUID.fromString(words[0]));
        }
      }
    }
  }

  @Override
  public void missed() {
    parts.journal.doubt();
    parts.known.clear();
    parts.contacts.doubt();
    errand(this::wakeAll);
  }

  /// Drops what is in memory of a device.
  void forget(String endpoint) {
    parts.journal.lost(endpoint);
    parts.known.forget(endpoint);
    parts.contacts.forget(endpoint);
    parts.wishes.drop(endpoint);
  }

  @Override
  public void on(DeviceEvent event) {
    parts.metrics.happened(event);
    switch (event) {
      case DeviceEvent.Registered registered ->
          parts
              .contacts
              .registered(registered)
              .ifPresent(update -> tell(update, new UpdateEvent.Registered()));
      case DeviceEvent.Updated updated ->
          parts
              .contacts
              .updated(updated)
              .ifPresent(update -> tell(update, new UpdateEvent.Heard()));
      case DeviceEvent.Deregistered gone -> parts.contacts.ended(gone.endpoint());
      case DeviceEvent.Expired expired -> parts.contacts.ended(expired.endpoint());
      case DeviceEvent.Answered answered -> heard(answered.endpoint());
      case DeviceEvent.Moved(String endpoint, UUID request, long bytes) -> {
        heard(endpoint);
        moved.merge(request, bytes, Math::max);
      }
      case DeviceEvent.Measured(String endpoint, List<Measurement> measurements) ->
          measured(endpoint, measurements);
    }
  }

  private void heard(String endpoint) {
    if (!parts.contacts.heard(endpoint)) {
      heard.put(endpoint, parts.clock.instant());
    }
  }

  private void tell(UUID update, UpdateEvent event) {
    working.acquireUninterruptibly();
    try {
      updates.get().on(update, event);
    } finally {
      working.release();
    }
  }

  private void measured(String endpoint, List<Measurement> measurements) {
    heard(endpoint);
    if (measurements.stream().anyMatch(m -> UpdateRequests.isState(m.path()))) {
      errand(() -> updates.get().notified(endpoint));
    }
    if (hasOtherModules(endpoint, measurements)) {
      errand(
          () ->
              parts
                  .known
                  .find(endpoint)
                  .ifPresent(
                      device ->
                          parts.capabilities.ask(device.tenant(), device.device(), endpoint)));
    }
    List<MeasurementListener> told = listeners.get();
    if (told.isEmpty()) {
      return;
    }
    Instant now = parts.clock.instant();
    parts
        .known
        .known(endpoint)
        .ifPresentOrElse(
            device ->
                told.forEach(
                    one -> one.measured(device.tenant(), device.device(), now, measurements)),
            () ->
                errand(
                    () ->
                        parts
                            .known
                            .find(endpoint)
                            .ifPresent(
                                device ->
                                    told.forEach(
                                        one ->
                                            one.measured(
                                                device.tenant(),
                                                device.device(),
                                                now,
                                                measurements)))));
  }

  /// Whether the slots of the runtime are not as they were when last told.
  private boolean hasOtherModules(String endpoint, List<Measurement> measurements) {
    Map<Integer, Object> now = new HashMap<>();
    for (Measurement measurement : measurements) {
      boolean tells = measurement.path().resource() <= MODULE_STATE;
      if (measurement.path().object() == MoteObjects.MODULE && tells) {
        now.merge(
            measurement.path().instance(), List.of(measurement.value()), (a, b) -> List.of(a, b));
      }
    }
    if (now.isEmpty()) {
      return false;
    }
    synchronized (modules) {
      Map<Integer, Object> former = modules.put(endpoint, now);
      return former != null && !former.equals(now);
    }
  }

  /// Identity, name, version, sequence and state come before the figures that change all the time.
  private static final int MODULE_STATE = 4;

  /// Does something that takes time on another thread; too much of it is left out, as the next word
  /// of the device or the clock brings it again.
  private void errand(Runnable work) {
    if (!errands.tryAcquire()) {
      return;
    }
    errandThreads.execute(
        () -> {
          working.acquireUninterruptibly();
          try {
            work.run();
          } catch (RuntimeException e) {
            LOG.warn("left out: {}", e.toString());
          } finally {
            working.release();
            errands.release();
          }
        });
  }

  private void due() {
    Instant now = parts.clock.instant();
    List<UUID> due =
        parts
            .jdbc
            .sql(
                """
                select id from device_update where ended is null and wake <= :now
                order by wake limit :most
                """)
            .param("now", Timestamp.from(now))
            .param("most", MOST_DUE)
            .query((row, _) -> row.getObject(1, UUID.class))
            .list();
    for (UUID update : due) {
      try {
        updates.get().timePassed(update);
      } catch (RuntimeException e) {
        LOG.warn("update {} is put off: {}", update, e.toString());
        parts
            .jdbc
            .sql("update device_update set wake = :later where id = :id and ended is null")
            .param("later", Timestamp.from(now.plus(POSTPONED)))
            .param("id", update)
            .update();
      }
    }
  }

  private void writeContacts() {
    parts.wishes.findDoubted(this::wake);
    Map<String, Instant> times = Map.copyOf(heard);
    times.forEach(heard::remove);
    if (!times.isEmpty()) {
      heard(times);
    }
    writeSteady(false);
    for (UUID transfer : Set.copyOf(moved.keySet())) {
      Long bytes = moved.remove(transfer);
      if (bytes != null) {
        updates.get().moved(transfer, bytes);
      }
    }
  }

  private void writeSteady(boolean isAll) {
    parts
        .contacts
        .writeSteady(isAll)
        .forEach(
            (update, isRegistration) ->
                tell(
                    update,
                    isRegistration ? new UpdateEvent.Registered() : new UpdateEvent.Heard()));
  }

  private void heard(Map<String, Instant> times) {
    List<UUID> back;
    try {
      back = parts.contacts.heard(times);
    } catch (RuntimeException e) {
      times.forEach(heard::putIfAbsent);
      throw e;
    }
    for (UUID update : back) {
      try {
        updates.get().on(update, new UpdateEvent.Heard());
      } catch (RuntimeException e) {
        LOG.warn("update {} goes on when its device is heard again: {}", update, e.toString());
      }
    }
  }

  private void sweep() {
    parts.requests.sweep();
    parts.metrics.count(
        parts.requests.length(),
        parts
            .jdbc
            .sql("select phase, count(*) from device_update where ended is null group by phase")
            .query((row, _) -> Map.entry(Phase.valueOf(row.getString(1)), row.getLong(2)))
            .list());
  }

  @Override
  public synchronized void stop() {
    ScheduledExecutorService threads = timer;
    if (threads != null) {
      threads.shutdownNow();
    }
    Gateway running = gateway;
    if (running != null) {
      running.close();
      gateway = null;
      try {
        writeSteady(true);
      } catch (RuntimeException e) {
        LOG.warn("the last contacts are not written: {}", e.toString());
      }
    }
    parts.signals.close();
    errandThreads.shutdown();
  }

  @Override
  public boolean isRunning() {
    return gateway != null;
  }
}
