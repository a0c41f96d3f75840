package dev.mote.service.device;

import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.update.Phase;
import dev.mote.orchestration.update.UpdateCommand;
import dev.mote.orchestration.update.UpdateProgress;
import dev.mote.service.database.Ids;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The requests of updates in the queue: those, and only those, that the state machine waits for.
final class UpdateQueue {

  /// Name of the origin of all of them.
  static final String ORIGIN = "update";

  private static final String OBSERVE = "observe";

  private final JdbcClient jdbc;
  private final Clock clock;
  private final SqlRequests requests;
  private final UpdateExecutor.Stopper stopper;

  UpdateQueue(JdbcClient jdbc, Clock clock, SqlRequests requests, UpdateExecutor.Stopper stopper) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.requests = requests;
    this.stopper = stopper;
  }

  /// The request of a command that waits, or was sent.
  Optional<SqlRequests.OfCause> of(UUID update, UpdateCommand command) {
    return requests.of(update).stream()
        .filter(request -> command(detail(request)).equals(Optional.of(command)))
        .findFirst();
  }

  void drop(UUID request) {
    requests.drop(List.of(request));
  }

  static Optional<UpdateCommand> command(String detail) {
    return detail.startsWith("{") ? Optional.of(DeviceJson.command(detail)) : Optional.empty();
  }

  static String detail(SqlRequests.OfCause request) {
    return request.origin().substring(ORIGIN.length() + 1);
  }

  /// Takes requests out of the queue that nothing waits for any more.
  void tidy(UpdateRow row, UpdateProgress next, List<UpdateCommand> commands) {
    boolean isNone = next.isOver() || next.phase() == Phase.PAUSING || !next.reachable();
    List<UUID> dropped = new ArrayList<>();
    for (SqlRequests.OfCause request : requests.of(row.id())) {
      Optional<UpdateCommand> command = command(detail(request));
      boolean isAsk = command.isEmpty() || command.get() instanceof UpdateCommand.Ask;
      boolean isWanted =
          !isNone
              && (isAsk || next.onItsWay().equals(command) && !commands.contains(command.get()));
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
  void enqueue(
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
      UpdateRow row, UpdateProgress progress, String detail, Request request) {
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
}
