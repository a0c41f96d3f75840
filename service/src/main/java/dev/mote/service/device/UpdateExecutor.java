package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.object.Capabilities;
import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.FailureClass;
import dev.mote.orchestration.update.Patience;
import dev.mote.orchestration.update.Phase;
import dev.mote.orchestration.update.Step;
import dev.mote.orchestration.update.UpdateCommand;
import dev.mote.orchestration.update.UpdateEvent;
import dev.mote.orchestration.update.UpdateMachine;
import dev.mote.orchestration.update.UpdateObject;
import dev.mote.orchestration.update.UpdateProgress;
import dev.mote.service.database.Ids;
import dev.mote.service.event.Events;
import dev.mote.service.http.Problem;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Runs [UpdateMachine] for each update: the row is locked, the step stored, and its commands put into
/// the queue of the device in one transaction, so that a step is done once whatever happens.
///
/// Requests that the machine does not wait for any more leave the queue in the same transaction. An
/// order that was sent by a process which then ended is not sent again: the device is asked how far it
/// is instead.
final class UpdateExecutor implements QueuedRequest.Origin {

  private static final String ORIGIN = "update";
  private static final String OBSERVE = "observe";
  private static final Duration CONTACTS_LATE = Duration.ofSeconds(15);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final SqlRequests requests;
  private final Packages packages;
  private final CapabilityReader capabilities;
  private final DeviceHistory history;
  private final Events events;
  private final Supplier<List<UpdateListener>> listeners;
  private final Stopper stopper;

  /// Stops a request that is under way.
  interface Stopper {
    void stop(String endpoint, UUID request);
  }

  UpdateExecutor(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Clock clock,
      SqlRequests requests,
      Packages packages,
      CapabilityReader capabilities,
      DeviceHistory history,
      Events events,
      Supplier<List<UpdateListener>> listeners,
      Stopper stopper) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.requests = requests;
    this.packages = packages;
    this.capabilities = capabilities;
    this.history = history;
    this.events = events;
    this.listeners = listeners;
    this.stopper = stopper;
  }

  @Override
  public String name() {
    return ORIGIN;
  }

  private record Target(
      String endpoint, @Nullable String capabilities, byte @Nullable [] recipient) {}

  /// Begins an update with a module or, if that is null, a firmware.
  UUID begin(
      UUID tenant,
      UUID device,
      @Nullable UUID module,
      @Nullable UUID firmware,
      Optional<Delivery> delivery,
      Patience patience,
      String requestedBy) {
    return Required.value(
        transaction.execute(
            _ -> {
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
              UpdateRow row =
                  new UpdateRow(
                      id,
                      tenant,
                      device,
                      target.endpoint(),
                      Optional.ofNullable(module),
                      wanted.title(),
                      requestedBy,
                      Optional.empty(),
                      first.next());
              history.add(tenant, device, "update", "update to " + wanted.title() + " begins");
              enqueue(row, first.next(), first.commands(), true);
              publish("update.progress", row, first.next());
              return id;
            }));
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

  /// Something happened to an update; nothing follows when it is over.
  void on(UUID update, UpdateEvent event) {
    Deadlocks.retried(
        () ->
            transaction.executeWithoutResult(
                _ -> locked(update).ifPresent(row -> apply(row, List.of(event)))));
  }

  /// Cancels an update of a tenant.
  boolean cancel(UUID tenant, UUID update, String why) {
    boolean[] found = new boolean[1];
    Deadlocks.retried(
        () ->
            transaction.executeWithoutResult(
                _ ->
                    locked(update)
                        .filter(row -> row.tenant().equals(tenant))
                        .ifPresent(
                            row -> {
                              found[0] = true;
                              apply(row, List.of(new UpdateEvent.Cancelled(why)));
                            })));
    return found[0];
  }

  /// The time of an update's next event has come. When its command was not sent, or the device has not
  /// been heard since, it is not there: that is no failure, and it is waited for.
  ///
  /// @return whether it was due
  boolean timePassed(UUID update) {
    return Boolean.TRUE.equals(
        transaction.execute(
            _ -> {
              Instant now = clock.instant();
              Optional<UpdateRow> due =
                  jdbc.sql(
                          UpdateRow.SELECT
                              + """
                              where u.id = :id and u.ended is null and u.wake <= :now
                              for update of u skip locked
                              """)
                      .param("id", update)
                      .param("now", Timestamp.from(now))
                      .query((row, _) -> UpdateRow.read(row))
                      .optional();
              due.ifPresent(row -> apply(row, List.of(timeEvent(row))));
              return due.isPresent();
            }));
  }

  private UpdateEvent timeEvent(UpdateRow row) {
    UpdateProgress progress = row.progress();
    Optional<UpdateCommand> waited = progress.onItsWay();
    if (waited.isEmpty() || !progress.reachable()) {
      return new UpdateEvent.TimePassed();
    }
    Optional<SqlRequests.OfCause> request =
        requests.of(row.id()).stream()
            .filter(one -> waited.equals(command(detail(one))))
            .findFirst();
    boolean isUnheard =
        request.isPresent() && (!request.get().isTaken() || !wasHeard(row.device(), progress));
    return isUnheard ? new UpdateEvent.Unanswered(waited.get()) : new UpdateEvent.TimePassed();
  }

  /// Whether the device has said something since the update last moved on. Contacts are written some
  /// seconds late.
  private boolean wasHeard(UUID device, UpdateProgress progress) {
    Instant moved =
        progress.lastContact().isAfter(progress.lastProgress())
            ? progress.lastContact()
            : progress.lastProgress();
    Duration quarter = progress.patience().progress().dividedBy(4);
    Duration late = quarter.compareTo(CONTACTS_LATE) < 0 ? quarter : CONTACTS_LATE;
    return jdbc.sql("select last_contact from device where id = :device")
        .param("device", device)
        .query(Timestamp.class)
        .optional()
        .filter(contact -> contact.toInstant().isAfter(moved.plus(late)))
        .isPresent();
  }

  /// The device told a state or result by itself: it is asked for all of them.
  void notified(String endpoint) {
    transaction.executeWithoutResult(
        _ ->
            jdbc.sql(
                    UpdateRow.SELECT + "where d.endpoint = :endpoint and u.ended is null for update of u")
                .param("endpoint", endpoint)
                .query((row, _) -> UpdateRow.read(row))
                .optional()
                .ifPresent(
                    row -> enqueue(row, row.progress(), List.of(new UpdateCommand.Ask()), false)));
  }

  /// Bytes arrived. They may be lost with the database's machine: the device has them.
  void moved(UUID transfer, long bytes) {
    transaction.executeWithoutResult(
        _ -> {
          jdbc.sql("set local synchronous_commit = off").update();
          jdbc.sql(
                  UpdateRow.SELECT
                      + "where u.transfer = :transfer and u.ended is null for update of u skip locked")
              .param("transfer", transfer)
              .query((row, _) -> UpdateRow.read(row))
              .optional()
              .ifPresent(row -> apply(row, List.of(new UpdateEvent.Moved(bytes))));
        });
  }

  private Optional<UpdateRow> locked(UUID update) {
    return jdbc.sql(UpdateRow.SELECT + "where u.id = :id and u.ended is null for update of u")
        .param("id", update)
        .query((row, _) -> UpdateRow.read(row))
        .optional();
  }

  @Override
  public void answered(QueuedRequest request, Answer answer) {
    Optional<UpdateCommand> command = command(request.detail());
    if (command.isPresent() && request.cause().isPresent()) {
      locked(request.cause().get())
          .ifPresent(
              row ->
                  apply(
                      row,
                      UpdateRequests.events(row.progress().object(), command.get(), answer)));
    }
  }

  @Override
  public boolean again(QueuedRequest request) {
    Optional<UpdateCommand> command = command(request.detail());
    if (command.isEmpty() || command.get() instanceof UpdateCommand.Ask) {
      return true;
    }
    Optional<UpdateRow> row = request.cause().flatMap(this::locked);
    requests.drop(List.of(request.id()));
    row.ifPresent(found -> apply(found, List.of(new UpdateEvent.Resumed())));
    return false;
  }

  private static Optional<UpdateCommand> command(String detail) {
    return detail.startsWith("{") ? Optional.of(DeviceJson.command(detail)) : Optional.empty();
  }

  private static String detail(SqlRequests.OfCause request) {
    return request.origin().substring(ORIGIN.length() + 1);
  }

  private void apply(UpdateRow row, List<UpdateEvent> happened) {
    Instant now = clock.instant();
    UpdateProgress before = row.progress();
    Step step = new Step(before, List.of(), Optional.empty());
    List<UpdateCommand> commands = new ArrayList<>();
    boolean isNewContact = false;
    for (UpdateEvent event : happened) {
      step = UpdateMachine.on(step.next(), event, now);
      commands.addAll(step.commands());
      isNewContact |=
          event instanceof UpdateEvent.Registered || event instanceof UpdateEvent.Resumed;
    }
    UpdateProgress next = step.next();
    store(row.id(), next, step.wakeAt());
    tidy(row, next, commands);
    enqueue(row, next, commands, isNewContact);
    if (next.isOver()) {
      end(row, next, now);
    } else if (next.phase() != before.phase() || tenths(next) != tenths(before)) {
      publish("update.progress", row, next);
    }
  }

  private static long tenths(UpdateProgress progress) {
    return 10 * progress.bytesMoved() / progress.wanted().bytes();
  }

  private void store(UUID id, UpdateProgress next, Optional<Instant> wake) {
    jdbc.sql(
            """
            update device_update set phase = :phase, attempt = :attempt, bytes_moved = :moved,
              reachable = :reachable, progress = :progress::jsonb, wake = :wake
            where id = :id
            """)
        .param("phase", next.phase().name())
        .param("attempt", next.attempt())
        .param("moved", next.bytesMoved())
        .param("reachable", next.reachable())
        .param("progress", DeviceJson.write(next))
        .param("wake", wake.map(Timestamp::from).orElse(null))
        .param("id", id)
        .update();
  }

  /// Takes requests out of the queue that nothing waits for any more.
  private void tidy(UpdateRow row, UpdateProgress next, List<UpdateCommand> commands) {
    boolean isNone = next.isOver() || next.phase() == Phase.PAUSING || !next.reachable();
    List<UUID> dropped = new ArrayList<>();
    for (SqlRequests.OfCause request : requests.of(row.id())) {
      Optional<UpdateCommand> command = command(detail(request));
      boolean isAsk = command.isEmpty() || command.get() instanceof UpdateCommand.Ask;
      boolean isWanted =
          !isNone && (isAsk || next.onItsWay().equals(command) && !commands.contains(command.get()));
      if (!isWanted) {
        dropped.add(request.id());
        if (request.isTaken()) {
          AfterCommit.run(() -> stopper.stop(request.endpoint(), request.id()));
        }
      }
    }
    requests.drop(dropped);
  }

  /// Puts those of `commands` into the queue that still count.
  private void enqueue(
      UpdateRow row, UpdateProgress next, List<UpdateCommand> commands, boolean isNewContact) {
    List<QueuedRequest> all = new ArrayList<>();
    boolean isAsked = false;
    for (UpdateCommand command : commands) {
      boolean isAsk = command instanceof UpdateCommand.Ask;
      boolean isLast = next.isOver() && command instanceof UpdateCommand.Clear;
      if (isAsk && !isAsked && !next.isOver() && !isAskWaiting(row.id())) {
        isAsked = true;
        if (isNewContact) {
          UpdateRequests.observing(next.object())
              .forEach(request -> all.add(queued(row, next, OBSERVE, request)));
        }
        all.add(queued(row, next, DeviceJson.command(command), UpdateRequests.of(next, command)));
      } else if (!isAsk && (isLast || next.onItsWay().equals(Optional.of(command)))) {
        QueuedRequest request =
            queued(row, next, DeviceJson.command(command), UpdateRequests.of(next, command));
        all.add(request);
        if (command instanceof UpdateCommand.Push || command instanceof UpdateCommand.WriteUri) {
          jdbc.sql("update device_update set transfer = :transfer where id = :id")
              .param("transfer", request.id())
              .param("id", row.id())
              .update();
        }
      }
    }
    requests.add(all);
  }

  private boolean isAskWaiting(UUID update) {
    return requests.of(update).stream()
        .anyMatch(
            request ->
                !request.isTaken()
                    && command(detail(request))
                        .filter(UpdateCommand.Ask.class::isInstance)
                        .isPresent());
  }

  private QueuedRequest queued(
      UpdateRow row,
      UpdateProgress progress,
      String detail,
      dev.mote.orchestration.gateway.Request request) {
    Duration silence = progress.patience().silence();
    return new QueuedRequest(
        Ids.next(),
        row.tenant(),
        row.device(),
        row.endpoint(),
        ORIGIN + ":" + detail,
        Optional.of(row.id()),
        request,
        clock.instant().plus(silence));
  }

  private void end(UpdateRow row, UpdateProgress last, Instant now) {
    UpdateEnded.Outcome outcome =
        switch (last.phase()) {
          case SUCCEEDED -> UpdateEnded.Outcome.SUCCEEDED;
          case CANCELLED -> UpdateEnded.Outcome.CANCELLED;
          case FAILED, ASKING, CLEARING, TRANSFERRING, INSTALLING, ACTIVATING, PAUSING ->
              UpdateEnded.Outcome.FAILED;
        };
    Optional<FailureClass> failure =
        outcome == UpdateEnded.Outcome.FAILED
            ? last.failure().map(f -> f.kind())
            : Optional.empty();
    String words =
        outcome == UpdateEnded.Outcome.FAILED
            ? last.failure().map(f -> f.what()).orElse("it failed")
            : last.history().getLast().what();
    jdbc.sql(
            """
            update device_update set ended = :now, outcome = :outcome, failure = :failure,
              words = :words, wake = null
            where id = :id
            """)
        .param("now", Timestamp.from(now))
        .param("outcome", outcome.name())
        .param("failure", failure.map(Enum::name).orElse(null))
        .param("words", words)
        .param("id", row.id())
        .update();
    row.module().ifPresent(module -> packages.release(row.tenant(), module, row.id()));
    history.add(
        row.tenant(),
        row.device(),
        "update",
        "update to %s: %s%s"
            .formatted(
                row.title(),
                outcome.name().toLowerCase(java.util.Locale.ROOT),
                outcome == UpdateEnded.Outcome.FAILED ? ", " + words : ""));
    // What runs now is read from the device, whatever was meant to.
    capabilities.ask(row.tenant(), row.device(), row.endpoint());
    publish("update.ended", row, last);
    UpdateEnded ended =
        new UpdateEnded(
            row.tenant(),
            row.id(),
            row.device(),
            row.module(),
            row.requestedBy(),
            outcome,
            failure,
            words);
    listeners.get().forEach(listener -> listener.ended(ended));
  }

  private void publish(String kind, UpdateRow row, UpdateProgress progress) {
    events.publish(
        row.tenant(),
        kind,
        row.id().toString(),
        Map.of(
            "device", row.device(),
            "phase", progress.phase(),
            "attempt", progress.attempt(),
            "bytesMoved", progress.bytesMoved(),
            "bytesTotal", progress.wanted().bytes()));
  }
}
