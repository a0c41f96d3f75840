package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.FailureClass;
import dev.mote.orchestration.update.Patience;
import dev.mote.orchestration.update.Step;
import dev.mote.orchestration.update.UpdateCommand;
import dev.mote.orchestration.update.UpdateEvent;
import dev.mote.orchestration.update.UpdateMachine;
import dev.mote.orchestration.update.UpdateProgress;
import dev.mote.service.event.Events;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Runs [UpdateMachine] for each update: the row is locked, the step stored, and its commands put
/// into the queue of the device in one transaction, so that a step is done once whatever happens.
///
/// Requests that the machine does not wait for any more leave the queue in the same transaction. An
/// order that was sent by a process which then ended is not sent again: the device is asked how far
/// it is instead.
final class UpdateExecutor implements QueuedRequest.Origin {

  private static final Duration CONTACTS_LATE = Duration.ofSeconds(15);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final UpdateStart start;
  private final UpdateQueue queue;
  private final Packages packages;
  private final CapabilityReader capabilities;
  private final DeviceHistory history;
  private final Events events;
  private final Supplier<List<UpdateListener>> listeners;

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
    this.start = new UpdateStart(jdbc, clock, packages);
    this.queue = new UpdateQueue(jdbc, clock, requests, stopper);
    this.packages = packages;
    this.capabilities = capabilities;
    this.history = history;
    this.events = events;
    this.listeners = listeners;
  }

  @Override
  public String name() {
    return UpdateQueue.ORIGIN;
  }

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
              UpdateStart.Started started =
                  start.start(tenant, device, module, firmware, delivery, patience, requestedBy);
              UpdateRow row = started.row();
              Step first = started.first();
              history.add(tenant, device, "update", "update to " + row.title() + " begins");
              if (start.isAsleep(device)) {
                apply(row, List.of(new UpdateEvent.Slept()));
              } else {
                queue.enqueue(row, first.next(), first.commands(), true);
              }
              publish("update.progress", row, first.next());
              return row.id();
            }));
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

  /// The time of an update's next event has come. When its command was not sent, or the device has
  /// not been heard since, it is not there: that is no failure, and it is waited for.
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
    Optional<SqlRequests.OfCause> request = queue.of(row.id(), waited.get());
    boolean isUnheard =
        request.isPresent() && (!request.get().isTaken() || !wasHeard(row.device(), progress));
    return isUnheard ? new UpdateEvent.Unanswered(waited.get()) : new UpdateEvent.TimePassed();
  }

  /// Whether the device has said something since the update last moved on. Contacts are written
  /// some seconds late.
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
                    UpdateRow.SELECT
                        + """
                        where u.device = (select id from device where endpoint = :endpoint)
                          and u.ended is null for update of u
                        """)
                .param("endpoint", endpoint)
                .query((row, _) -> UpdateRow.read(row))
                .optional()
                .ifPresent(
                    row ->
                        queue.enqueue(
                            row, row.progress(), List.of(new UpdateCommand.Ask()), false)));
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
    Optional<UpdateCommand> command = UpdateQueue.command(request.detail());
    if (command.isPresent() && request.cause().isPresent()) {
      locked(request.cause().get())
          .ifPresent(row -> apply(row, events(row, request, command.get(), answer)));
    }
  }

  /// A package that cannot be sent, although there is time, is not there any more.
  private List<UpdateEvent> events(
      UpdateRow row, QueuedRequest request, UpdateCommand command, Answer answer) {
    return answer instanceof Answer.Unsent(String why) && request.expires().isAfter(clock.instant())
        ? List.of(new UpdateEvent.Cancelled("it cannot be sent: " + why))
        : UpdateRequests.events(row.progress(), command, answer);
  }

  @Override
  public boolean isSentOnce(QueuedRequest request) {
    return UpdateQueue.command(request.detail())
        .filter(UpdateCommand.Install.class::isInstance)
        .isPresent();
  }

  @Override
  public boolean again(QueuedRequest request) {
    Optional<UpdateCommand> command = UpdateQueue.command(request.detail());
    if (command.isEmpty() || command.get() instanceof UpdateCommand.Ask) {
      return true;
    }
    Optional<UpdateRow> row = request.cause().flatMap(this::locked);
    queue.drop(request.id());
    row.ifPresent(found -> apply(found, List.of(new UpdateEvent.Resumed())));
    return false;
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
    queue.tidy(row, next, commands);
    queue.enqueue(row, next, commands, isNewContact);
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
