package dev.mote.service.device;

import dev.mote.orchestration.object.Capabilities;
import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.Patience;
import dev.mote.orchestration.update.Step;
import dev.mote.orchestration.update.UpdateMachine;
import dev.mote.orchestration.update.UpdateObject;
import dev.mote.orchestration.update.UpdateProgress;
import dev.mote.service.database.Ids;
import dev.mote.service.http.Problem;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// How an update begins: over which object and in which way, by what the device can do.
final class UpdateStart {

  /// How long a device listens after it said something, and some time for the contact to be
  /// written.
  private static final Duration AWAKE = Duration.ofSeconds(105);

  private final JdbcClient jdbc;
  private final Clock clock;
  private final Packages packages;

  UpdateStart(JdbcClient jdbc, Clock clock, Packages packages) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.packages = packages;
  }

  /// An update that is stored, with its first step.
  record Started(UpdateRow row, Step first) {}

  private record Target(
      String endpoint, @Nullable String capabilities, byte @Nullable [] recipient) {}

  /// Stores an update, in the caller's transaction.
  Started start(
      UUID tenant,
      UUID device,
      @Nullable UUID module,
      @Nullable UUID firmware,
      Optional<Delivery> delivery,
      Patience patience,
      String requestedBy) {
    Target target = target(tenant, device);
    Capabilities able = known(target);
    UpdateObject object = object(able, target.endpoint(), module != null);
    Packages.Titled wanted =
        module != null
            ? packages.module(tenant, module, target.recipient())
            : packages.firmware(tenant, Required.value(firmware));
    UUID id = Ids.next();
    Step first =
        UpdateMachine.start(
            object,
            delivery(able, delivery, target.endpoint()),
            wanted.content(),
            patience,
            clock.instant());
    insert(id, tenant, device, module, firmware, wanted, requestedBy, first);
    if (module != null) {
      packages.use(tenant, module, id);
    }
    return new Started(
        new UpdateRow(
            id,
            tenant,
            device,
            target.endpoint(),
            Optional.ofNullable(module),
            wanted.title(),
            requestedBy,
            Optional.empty(),
            first.next()),
        first);
  }

  /// Whether a device in queue mode has been silent for so long that it sleeps.
  boolean isAsleep(UUID device) {
    return jdbc.sql(
            """
            select 1 from device
            where id = :device and state = 'SLEEPING' and last_contact < :awake
            """)
        .param("device", device)
        .param("awake", Timestamp.from(clock.instant().minus(AWAKE)))
        .query((row, _) -> true)
        .optional()
        .isPresent();
  }

  private Target target(UUID tenant, UUID device) {
    return jdbc.sql(
            """
            select d.endpoint, w.capabilities, d.recipient
            from device d left join device_word w on w.device = d.id
            where d.tenant = :tenant and d.id = :device
            """)
        .param("tenant", tenant)
        .param("device", device)
        .query((row, _) -> new Target(row.getString(1), row.getString(2), row.getBytes(3)))
        .optional()
        .orElseThrow(() -> Problem.notFound("device", device));
  }

  private static Capabilities known(Target target) {
    if (target.capabilities() == null) {
      throw DeviceCodes.NOTHING_KNOWN.problem(
          "nothing is known yet of device '%s'".formatted(target.endpoint()),
          "wait until it has registered and said what it can do.");
    }
    return DeviceJson.capabilities(target.capabilities());
  }

  /// Modules go over object 9 where there is one; a firmware goes over object 5.
  private static UpdateObject object(Capabilities able, String endpoint, boolean isModule) {
    Set<UpdateObject> objects = able.updateObjects();
    if (isModule && objects.contains(UpdateObject.SOFTWARE)) {
      return UpdateObject.SOFTWARE;
    }
    if (objects.contains(UpdateObject.FIRMWARE)) {
      return UpdateObject.FIRMWARE;
    }
    throw DeviceCodes.NO_UPDATE_OBJECT.problem(
        "device '%s' has no object that takes a %s"
            .formatted(endpoint, isModule ? "module (9 or 5)" : "firmware (5)"),
        "use a firmware with the object, or update the device in another way.");
  }

  private static Delivery delivery(Capabilities able, Optional<Delivery> wanted, String endpoint) {
    Set<Delivery> can = able.deliveries();
    if (wanted.isPresent() && !can.isEmpty() && !can.contains(wanted.get())) {
      throw DeviceCodes.DELIVERY.problem(
          "device '%s' says that it takes no package by %s".formatted(endpoint, wanted.get()),
          "leave 'delivery' out; the device then decides.");
    }
    return wanted.orElse(
        can.contains(Delivery.PUSH) || can.isEmpty() ? Delivery.PUSH : Delivery.PULL);
  }

  private void insert(
      UUID id,
      UUID tenant,
      UUID device,
      @Nullable UUID module,
      @Nullable UUID firmware,
      Packages.Titled wanted,
      String requestedBy,
      Step first) {
    UpdateProgress progress = first.next();
    int rows =
        jdbc.sql(
                """
                insert into device_update (id, tenant, device, module, firmware, title, requested_by,
                  object, delivery, phase, bytes_total, sha256, progress, wake, started)
                values (:id, :tenant, :device, :module, :firmware, :title, :by, :object, :delivery,
                  :phase, :bytes, :sha256, :progress::jsonb, :wake, :now)
                on conflict (device) where ended is null do nothing
                """)
            .param("id", id)
            .param("tenant", tenant)
            .param("device", device)
            .param("module", module)
            .param("firmware", firmware)
            .param("title", wanted.title())
            .param("by", requestedBy)
            .param("object", progress.object().name())
            .param("delivery", progress.delivery().name())
            .param("phase", progress.phase().name())
            .param("bytes", progress.wanted().bytes())
            .param("sha256", progress.wanted().sha256())
            .param("progress", DeviceJson.write(progress))
            .param("wake", first.wakeAt().map(Timestamp::from).orElse(null))
            .param("now", Timestamp.from(clock.instant()))
            .update();
    if (rows == 0) {
      throw DeviceCodes.UPDATE_RUNS.problem(
          "an update of this device runs already",
          "wait for its end, or cancel it at POST /v1/updates/{id}/cancel.");
    }
  }
}
