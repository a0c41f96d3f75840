package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.RequestQueue;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// What devices are to be asked or told, in PostgreSQL: in order for each device, until it is
/// answered.
///
/// A request is marked with the run of the process that sends it. One that was marked by another
/// run is of a process that ended, or lost the device to this one: its [QueuedRequest.Origin] says
/// whether it may be sent twice.
final class SqlRequests implements RequestQueue, AutoCloseable {

  private static final int MOST_AT_ONCE = 512;
  private static final int MOST_SWEPT = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  static final String COLUMNS = "id, tenant, device, endpoint, origin, cause, request, expires";

  private final DataSource source;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final Signals signals;
  private final String run = UUID.randomUUID().toString();
  private final Map<String, QueuedRequest.Origin> origins = new HashMap<>();
  private final Batches<String, Optional<Taken>> nexts;
  private final RequestAnswers answers;
  private final EmptyQueues empty;
  private final Wishes wishes;
  private volatile Consumer<String> wake = _ -> {};

  /// @param isOfOther whether it was another run that sent it before
  private record Taken(QueuedRequest request, boolean isAgain, boolean isOfOther) {}

  SqlRequests(
      DataSource source,
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Clock clock,
      Signals signals,
      EmptyQueues empty,
      Wishes wishes) {
    this.source = source;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.signals = signals;
    this.empty = empty;
    this.wishes = wishes;
    this.answers = new RequestAnswers(jdbc, transaction, clock, this::origin);
    this.nexts = new Batches<>("requests", MOST_AT_ONCE, PATIENCE, this::take);
  }

  /// Tells who takes the answers to requests of its name.
  void register(QueuedRequest.Origin origin) {
    origins.put(origin.name(), origin);
  }

  /// Tells what to do when requests wait for a device of this node.
  void onWake(Consumer<String> action) {
    wake = action;
  }

  /// Adds requests in the caller's transaction; their devices are woken when it commits.
  void add(List<QueuedRequest> requests) {
    if (requests.isEmpty()) {
      return;
    }
    String[] endpoints = requests.stream().map(QueuedRequest::endpoint).toArray(String[]::new);
    jdbc.sql(
            """
            insert into device_request
              (id, tenant, device, endpoint, origin, cause, request, created, expires)
            select id, tenant, device, endpoint, origin, cause, request::jsonb, :now, expires
            from unnest(:ids::uuid[], :tenants::uuid[], :devices::uuid[], :endpoints::text[],
              :origins::text[], :causes::uuid[], :requests::text[], :expires::timestamptz[])
              with ordinality
              as t (id, tenant, device, endpoint, origin, cause, request, expires, place)
            order by place
            """)
        .param("ids", column(requests, r -> r.id().toString()))
        .param("tenants", column(requests, r -> r.tenant().toString()))
        .param("devices", column(requests, r -> r.device().toString()))
        .param("endpoints", endpoints)
        .param("origins", column(requests, QueuedRequest::origin))
        .param("causes", column(requests, r -> r.cause().map(UUID::toString).orElse(null)))
        .param("requests", column(requests, r -> RequestText.write(r.request())))
        .param("expires", column(requests, r -> r.expires().toString()))
        .param("now", Timestamp.from(clock.instant()))
        .update();
    wakeAfterCommit(endpoints);
  }

  private void wakeAfterCommit(String[] endpoints) {
    List<String> own = new ArrayList<>();
    Map<String, String> others = new TreeMap<>();
    jdbc.sql(
            """
            select endpoint, node from device_registration where endpoint = any(:endpoints)
            """)
        .param("endpoints", endpoints)
        .query(
            (row, _) -> {
              String endpoint = row.getString(1);
              if (row.getString(2).equals(signals.node())) {
                own.add(endpoint);
              } else {
                others.put(endpoint, row.getString(2));
              }
              return endpoint;
            })
        .list();
    others.forEach((endpoint, node) -> signals.tell(node, Signals.Kind.WAKE, endpoint));
    AfterCommit.run(() -> own.forEach(this::news));
  }

  /// Requests of a device of this node were added, here or elsewhere.
  void news(String endpoint) {
    empty.news(endpoint);
    wake.accept(endpoint);
  }

  /// What is known of queues that need not be looked at.
  EmptyQueues empty() {
    return empty;
  }

  private static <T> @Nullable String[] column(List<T> rows, Function<T, @Nullable String> value) {
    return rows.stream().map(value).toArray(String[]::new);
  }

  /// Devices of this node for which requests wait.
  List<String> waiting() {
    return jdbc.sql(
            """
            select distinct q.endpoint from device_request q
            join device_registration r on r.endpoint = q.endpoint and r.node = :node
            where q.ended is null
            """)
        .param("node", signals.node())
        .query((row, _) -> row.getString(1))
        .list();
  }

  /// The oldest request of a device. The gateway asks again after it was answered.
  @Override
  public List<Queued> next(String endpoint, int most) {
    Optional<Queued> wish = wishes.next(endpoint);
    if (wish.isPresent()) {
      return List.of(wish.get());
    }
    if (empty.takeNothing(endpoint)) {
      return List.of();
    }
    while (true) {
      Optional<Taken> taken = nexts.run(endpoint);
      if (taken.isEmpty()) {
        return List.of();
      }
      QueuedRequest request = taken.get().request;
      if (request.expires().isBefore(clock.instant())) {
        answered(request.id(), new Answer.Unsent("it was not worth sending any more"));
      } else if (!isDoubtful(taken.get()) || mayBeSentAgain(request)) {
        return List.of(
            new Queued(request.id(), request.endpoint(), request.request(), request.expires()));
      }
    }
  }

  private boolean isDoubtful(Taken taken) {
    return taken.isAgain && (taken.isOfOther || origin(taken.request).isSentOnce(taken.request));
  }

  private boolean mayBeSentAgain(QueuedRequest request) {
    return Boolean.TRUE.equals(
        transaction.execute(_ -> origin(request).again(request) && isThere(request.id())));
  }

  private boolean isThere(UUID id) {
    return jdbc.sql("select 1 from device_request where id = :id and ended is null")
            .param("id", id)
            .query()
            .listOfRows()
            .size()
        == 1;
  }

  private QueuedRequest.Origin origin(QueuedRequest request) {
    String origin = request.origin();
    int colon = origin.indexOf(':');
    QueuedRequest.Origin found = origins.get(colon < 0 ? origin : origin.substring(0, colon));
    if (found == null) {
      throw new IllegalStateException("nobody knows requests of '" + origin + "'");
    }
    return found;
  }

  private List<Optional<Taken>> take(List<String> endpoints) throws SQLException {
    Map<String, Taken> found = new HashMap<>();
    try (Connection connection = source.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                with first as materialized (
                  select f.id, f.taken_by from unnest(?::text[]) as wanted (endpoint)
                  cross join lateral (
                    select id, taken_by from device_request q
                    where q.endpoint = wanted.endpoint and q.ended is null
                    order by q.number limit 1) f
                ), taken as (
                  update device_request set taken_by = ?, attempts = attempts + 1
                  where id = any(array(select id from first)) and ended is null
                  returning %s
                )
                select taken.*, first.taken_by from taken join first on first.id = taken.id
                """
                    .formatted(COLUMNS))) {
      // Planned for the queue as it is: a plan that was made when nothing waited is none for much.
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
      Array array =
          connection.createArrayOf("text", new TreeSet<>(endpoints).toArray(String[]::new));
      statement.setArray(1, array);
      statement.setString(2, run);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          QueuedRequest request = read(row);
          String former = row.getString(9);
          found.put(request.endpoint(), new Taken(request, former != null, !run.equals(former)));
        }
      }
    }
    return endpoints.stream().map(e -> Optional.ofNullable(found.get(e))).toList();
  }

  static QueuedRequest read(ResultSet row) throws SQLException {
    return new QueuedRequest(
        row.getObject("id", UUID.class),
        row.getObject("tenant", UUID.class),
        row.getObject("device", UUID.class),
        row.getString("endpoint"),
        row.getString("origin"),
        Optional.ofNullable(row.getObject("cause", UUID.class)),
        RequestText.read(row.getString("request")),
        row.getTimestamp("expires").toInstant());
  }

  @Override
  public void answered(UUID id, Answer answer) {
    if (!wishes.answered(id, answer)) {
      answers.take(id, answer);
    }
  }

  /// A request of an update that waits, or was sent.
  record OfCause(UUID id, String endpoint, String origin, boolean isTaken) {}

  /// Requests of an update, locked.
  List<OfCause> of(UUID cause) {
    return jdbc.sql(
            """
            select id, endpoint, origin, taken_by is not null as is_taken from device_request
            where cause = :cause and ended is null order by number for update
            """)
        .param("cause", cause)
        .query(
            (row, _) ->
                new OfCause(
                    row.getObject(1, UUID.class),
                    row.getString(2),
                    row.getString(3),
                    row.getBoolean(4)))
        .list();
  }

  /// Takes out requests without an answer, in the caller's transaction.
  void drop(Collection<UUID> ids) {
    if (!ids.isEmpty()) {
      jdbc.sql("delete from device_request where id = any(:ids)")
          .param("ids", ids.toArray(UUID[]::new))
          .update();
    }
  }

  /// Takes out what an origin asked and nobody has sent yet, in the caller's transaction.
  void dropWaiting(List<String> endpoints, String origin) {
    if (!endpoints.isEmpty()) {
      jdbc.sql(
              """
              delete from device_request
              where endpoint = any(:endpoints) and origin = :origin and ended is null
                and taken_by is null
              """)
          .param("endpoints", endpoints.toArray(String[]::new))
          .param("origin", origin)
          .update();
    }
  }

  /// Ends requests that came too late.
  void sweep() {
    List<UUID> late;
    do {
      Instant now = clock.instant();
      late =
          jdbc.sql(
                  """
                  select id from device_request where ended is null and expires < :now
                  order by expires limit :most
                  """)
              .param("now", Timestamp.from(now))
              .param("most", MOST_SWEPT)
              .query((row, _) -> row.getObject(1, UUID.class))
              .list();
      late.forEach(id -> answered(id, new Answer.Unsent("the device was not heard in time")));
    } while (late.size() == MOST_SWEPT);
  }

  /// How many requests wait, of all nodes.
  long length() {
    return jdbc.sql("select count(*) from device_request where ended is null")
        .query(Long.class)
        .single();
  }

  @Override
  public void close() {
    nexts.close();
    answers.close();
  }
}
