package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Takes answered requests out of the queue, and hands the answers to those who asked, in one
/// transaction each way.
final class RequestAnswers implements AutoCloseable {

  private static final int MOST_AT_ONCE = 512;
  private static final int MOST_SINGLE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final Function<QueuedRequest, QueuedRequest.Origin> origins;
  private final Batches<Told, Boolean> together;
  private final Semaphore single = new Semaphore(MOST_SINGLE);

  private record Told(UUID id, Answer answer) {}

  RequestAnswers(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Clock clock,
      Function<QueuedRequest, QueuedRequest.Origin> origins) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.origins = origins;
    this.together =
        new Batches<>(
            "answers",
            MOST_AT_ONCE,
            PATIENCE,
            batch -> Required.value(transaction.execute(_ -> takeOut(batch))));
  }

  /// Answers without an update behind them are taken together, the others one by one, and only a
  /// few at a time, so that all others who need the database get at it.
  void take(UUID id, Answer answer) {
    if (together.run(new Told(id, answer))) {
      return;
    }
    single.acquireUninterruptibly();
    try {
      Deadlocks.retried(
          () ->
              transaction.executeWithoutResult(
                  _ -> {
                    lockCause(id);
                    Optional<QueuedRequest> request = takeOut(id, answer);
                    request.ifPresent(taken -> origins.apply(taken).answered(taken, answer));
                  }));
    } finally {
      single.release();
    }
  }

  /// Takes out requests of which nobody keeps the answer, and no update depends on it.
  ///
  /// @return for each whether it was one of those
  private List<Boolean> takeOut(List<Told> batch) {
    Map<UUID, Answer> told = new HashMap<>();
    batch.forEach(one -> told.put(one.id(), one.answer()));
    Map<QueuedRequest.Origin, List<QueuedRequest.Answered>> gone = new LinkedHashMap<>();
    Set<UUID> ids = new HashSet<>();
    jdbc.sql(
            """
            delete from device_request
            where id = any(:ids) and ended is null and cause is null
              and origin not like 'user:%%' returning %s
            """
                .formatted(SqlRequests.COLUMNS))
        .param("ids", told.keySet().toArray(UUID[]::new))
        .query((row, _) -> SqlRequests.read(row))
        .list()
        .forEach(
            request -> {
              ids.add(request.id());
              gone.computeIfAbsent(origins.apply(request), _ -> new ArrayList<>())
                  .add(new QueuedRequest.Answered(request, Required.value(told.get(request.id()))));
            });
    gone.forEach(QueuedRequest.Origin::answeredAll);
    return batch.stream().map(one -> ids.contains(one.id())).toList();
  }

  /// An update is locked before its requests, by all.
  private void lockCause(UUID id) {
    jdbc.sql(
            """
            select id from device_update
            where id = (select cause from device_request where id = :id) for update
            """)
        .param("id", id)
        .query(UUID.class)
        .list();
  }

  /// Requests of people stay with their answers for a while; all others go.
  private Optional<QueuedRequest> takeOut(UUID id, Answer answer) {
    Optional<QueuedRequest> gone =
        jdbc.sql(
                """
                delete from device_request
                where id = :id and ended is null and origin not like 'user:%%' returning %s
                """
                    .formatted(SqlRequests.COLUMNS))
            .param("id", id)
            .query((row, _) -> SqlRequests.read(row))
            .optional();
    return gone.isPresent()
        ? gone
        : jdbc.sql(
                """
                update device_request set ended = :now, answer = :answer::jsonb
                where id = :id and ended is null returning %s
                """
                    .formatted(SqlRequests.COLUMNS))
            .param("id", id)
            .param("now", Timestamp.from(clock.instant()))
            .param("answer", RequestText.answer(answer).toString())
            .query((row, _) -> SqlRequests.read(row))
            .optional();
  }

  @Override
  public void close() {
    together.close();
  }
}
