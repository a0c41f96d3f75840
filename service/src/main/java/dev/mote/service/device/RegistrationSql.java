package dev.mote.service.device;

import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredObservation;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredRegistration;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;

/// The statements of [SqlJournal]: few, each for many rows at once.
final class RegistrationSql {

  /// What may be written.
  sealed interface Change {}

  record Register(StoredRegistration registration) implements Change {}

  record Update(StoredRegistration registration) implements Change {}

  record Remove(String id) implements Change {}

  record Observe(StoredObservation observation) implements Change {}

  record Forget(String key) implements Change {}

  /// A registration that is looked for.
  ///
  /// @param column which must be equal
  record Find(String column, String value) {}

  private static final String COLUMNS = "endpoint, id, address, identity, expires, content";

  private static final String ROWS =
      """
      rows as (
        select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
          as t (endpoint, id, address, identity, expires, content)
      ), former as (
        select r.endpoint, r.id, r.node from device_registration r join rows using (endpoint)
      )
      """;

  private static final String REGISTER =
      "with "
          + ROWS
          + """
          , gone as (
            delete from device_observation o using former where o.registration = former.id
          ), put as (
            insert into device_registration
              (endpoint, id, address, identity, expires, content, node, seen)
            select rows.*, ?, ? from rows order by endpoint
            on conflict (endpoint) do update set
              id = excluded.id, address = excluded.address, identity = excluded.identity,
              expires = excluded.expires, content = excluded.content, node = excluded.node,
              seen = excluded.seen
          )
          select endpoint, node, true from former
          """;

  private static final String UPDATE =
      "with "
          + ROWS
          + """
          , put as (
            update device_registration r set
              address = rows.address, identity = rows.identity, expires = rows.expires,
              content = rows.content, node = ?, seen = ?
            from rows where r.endpoint = rows.endpoint and r.id = rows.id
            returning r.endpoint
          )
          select put.endpoint, former.node, true from put join former using (endpoint)
          """;

  private final DataSource source;
  private final Clock clock;
  private final String node;
  private final BiConsumer<String, String> takenOver;

  RegistrationSql(
      DataSource source, Clock clock, String node, BiConsumer<String, String> takenOver) {
    this.source = source;
    this.clock = clock;
    this.node = node;
    this.takenOver = takenOver;
  }

  /// Writes all in one transaction.
  ///
  /// @return for each whether there was something to change; true for what is always done
  List<Boolean> change(List<Change> batch) throws SQLException {
    // Of several for one device the last stands, as if the others had come before it. Sorted: rows
    // are locked in one order by all nodes.
    Map<String, StoredRegistration> registered = new TreeMap<>();
    Map<String, StoredRegistration> updated = new TreeMap<>();
    Set<String> removed = new HashSet<>();
    Map<String, StoredObservation> observed = new LinkedHashMap<>();
    Set<String> forgotten = new HashSet<>();
    for (Change change : batch) {
      switch (change) {
        case Register(StoredRegistration r) -> registered.put(r.endpoint(), r);
        case Update(StoredRegistration r) -> updated.put(r.endpoint(), r);
        case Remove(String id) -> removed.add(id);
        case Observe(StoredObservation o) -> {
          observed.put(o.key(), o);
          forgotten.remove(o.key());
        }
        case Forget(String key) -> {
          forgotten.add(key);
          observed.remove(key);
        }
      }
    }
    Map<String, String> formerNodes = new HashMap<>();
    Set<String> there = new HashSet<>();
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        put(connection, REGISTER, registered.values(), formerNodes);
        there.addAll(put(connection, UPDATE, updated.values(), formerNodes));
        remove(connection, "delete from device_observation where registration = any(?)", removed);
        remove(connection, "delete from device_registration where id = any(?)", removed);
        remove(connection, "delete from device_observation where key = any(?)", forgotten);
        observe(connection, observed.values());
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
    formerNodes.forEach((endpoint, former) -> takenOver.accept(former, endpoint));
    List<Boolean> results = new ArrayList<>();
    for (Change change : batch) {
      results.add(
          !(change instanceof Update(StoredRegistration r)) || there.contains(r.endpoint()));
    }
    return results;
  }

  private Set<String> put(
      Connection connection,
      String sql,
      Collection<StoredRegistration> rows,
      Map<String, String> formerNodes)
      throws SQLException {
    Set<String> there = new HashSet<>();
    if (rows.isEmpty()) {
      return there;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, texts(connection, rows, StoredRegistration::endpoint));
      statement.setArray(2, texts(connection, rows, StoredRegistration::id));
      statement.setArray(3, texts(connection, rows, StoredRegistration::address));
      statement.setArray(4, texts(connection, rows, StoredRegistration::identity));
      statement.setArray(5, texts(connection, rows, r -> r.expires().toString()));
      statement.setArray(6, texts(connection, rows, StoredRegistration::content));
      statement.setString(7, node);
      statement.setTimestamp(8, Timestamp.from(clock.instant()));
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          there.add(result.getString(1));
          if (!result.getString(2).equals(node)) {
            formerNodes.put(result.getString(1), result.getString(2));
          }
        }
      }
    }
    return there;
  }

  private static void remove(Connection connection, String sql, Set<String> keys)
      throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", keys.toArray(String[]::new)));
      statement.executeUpdate();
    }
  }

  private static void observe(Connection connection, Collection<StoredObservation> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into device_observation (key, registration, content)
            select * from unnest(?::text[], ?::text[], ?::text[])
            on conflict (key) do update set
              registration = excluded.registration, content = excluded.content
            """)) {
      statement.setArray(1, texts(connection, rows, StoredObservation::key));
      statement.setArray(2, texts(connection, rows, StoredObservation::registration));
      statement.setArray(3, texts(connection, rows, StoredObservation::content));
      statement.executeUpdate();
    }
  }

  /// Arrays of texts, not of objects, go to the database in its binary form.
  private static <T> Array texts(
      Connection connection, Collection<T> rows, Function<T, String> column) throws SQLException {
    return connection.createArrayOf("text", rows.stream().map(column).toArray(String[]::new));
  }

  /// Finds all, with one query for each column that is asked for.
  List<Optional<StoredRegistration>> find(List<Find> batch) throws SQLException {
    Map<Find, StoredRegistration> found = new HashMap<>();
    for (String column : List.of("endpoint", "id", "address", "identity")) {
      Set<String> values = new HashSet<>();
      batch.stream().filter(f -> f.column().equals(column)).forEach(f -> values.add(f.value()));
      if (!values.isEmpty()) {
        String sql =
            "select %s from device_registration where %s = any(?) order by seen"
                .formatted(COLUMNS, column);
        try (Connection connection = source.getConnection();
            PreparedStatement statement = connection.prepareStatement(sql)) {
          statement.setArray(1, connection.createArrayOf("text", values.toArray(String[]::new)));
          read(
              statement,
              r ->
                  found.put(
                      new Find(
                          column,
                          switch (column) {
                            case "endpoint" -> r.endpoint();
                            case "id" -> r.id();
                            case "address" -> r.address();
                            default -> r.identity();
                          }),
                      r));
        }
      }
    }
    return batch.stream().map(find -> Optional.ofNullable(found.get(find))).toList();
  }

  /// Up to `most` registrations that a node has.
  void of(String node, int most, Consumer<StoredRegistration> each) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement statement =
          connection.prepareStatement(
              "select %s from device_registration where node = ? limit ?".formatted(COLUMNS))) {
        statement.setFetchSize(1000);
        statement.setString(1, node);
        statement.setInt(2, most);
        read(statement, each);
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  private static void read(PreparedStatement statement, Consumer<StoredRegistration> each)
      throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        each.accept(
            new StoredRegistration(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getTimestamp(5).toInstant(),
                row.getString(6)));
      }
    }
  }

  private List<StoredRegistration> select(String rest, Object... parameters) {
    List<StoredRegistration> found = new ArrayList<>();
    query(
        "select %s from device_registration %s".formatted(COLUMNS, rest),
        statement -> read(statement, found::add),
        parameters);
    return found;
  }

  private interface Reading {
    void run(PreparedStatement statement) throws SQLException;
  }

  private void query(String sql, Reading reading, Object... parameters) {
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      reading.run(statement);
    } catch (SQLException e) {
      throw new IllegalStateException("the database does not answer", e);
    }
  }

  List<StoredRegistration> expired(Instant now, int most) {
    return select("where expires < ? order by expires limit ?", Timestamp.from(now), most);
  }

  List<StoredRegistration> all() {
    return select("");
  }

  /// Removes a registration that has ended.
  boolean expire(String id, Instant now) {
    boolean[] ended = new boolean[1];
    query(
        """
        with gone as (
          delete from device_registration where id = ? and expires < ? returning id
        ), observed as (
          delete from device_observation o using gone where o.registration = gone.id
        )
        select id from gone
        """,
        statement -> {
          try (ResultSet row = statement.executeQuery()) {
            ended[0] = row.next();
          }
        },
        id,
        Timestamp.from(now));
    return ended[0];
  }

  Optional<StoredObservation> observation(String key) {
    return observations("key", key).stream().findFirst();
  }

  List<StoredObservation> observations(String registration) {
    return observations("registration", registration);
  }

  private List<StoredObservation> observations(String column, String value) {
    List<StoredObservation> found = new ArrayList<>();
    query(
        "select key, registration, content from device_observation where %s = ?".formatted(column),
        statement -> {
          try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
              found.add(
                  new StoredObservation(row.getString(1), row.getString(2), row.getString(3)));
            }
          }
        },
        value);
    return found;
  }
}
