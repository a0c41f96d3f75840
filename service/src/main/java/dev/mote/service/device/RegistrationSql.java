package dev.mote.service.device;

import dev.mote.orchestration.lwm2m.JournalJson;
import dev.mote.orchestration.lwm2m.RegistrationJournal;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/// The statements of [SqlJournal]: few, each for many rows at once.
final class RegistrationSql {

  /// What may be written.
  sealed interface Change {}

  record Register(StoredRegistration registration) implements Change {}

  record Update(StoredRegistration registration) implements Change {}

  record Remove(String id) implements Change {}

  record Observe(String registration, StoredObservation observation) implements Change {}

  record Forget(String registration, String path) implements Change {}

  /// A registration with its observations.
  record Found(StoredRegistration registration, List<StoredObservation> observations) {}

  /// The names of a registration.
  enum By {
    ENDPOINT("endpoint = any(?)", StoredRegistration::endpoint),
    ID("id = any(?) and slot = any(?)", StoredRegistration::id),
    IDENTITY("identity = any(?)", StoredRegistration::identity);

    private final String condition;
    private final Function<StoredRegistration, String> name;

    By(String condition, Function<StoredRegistration, String> name) {
      this.condition = condition;
      this.name = name;
    }
  }

  /// A registration that is looked for.
  record Find(By by, String value) {}

  private static final String COLUMNS =
      "endpoint, id, address, identity, expires, content, observations";

  private static final String ROWS =
      """
      unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
        as rows (endpoint, slot, id, address, identity, expires, content)
      """;

  /// Ordered: rows are locked in one order by all nodes.
  private static final String REGISTER =
      """
      insert into device_registration as r
        (endpoint, slot, id, address, identity, expires, content, due, node, seen)
      select rows.*, rows.expires, ?, ? from
      """
          + ROWS
          + """
          order by endpoint
          on conflict (endpoint) do update set
            slot = excluded.slot, id = excluded.id, address = excluded.address,
            identity = excluded.identity, expires = excluded.expires,
            due = least(r.due, excluded.expires), content = excluded.content,
            former = r.node, node = excluded.node, seen = excluded.seen, observations = '{}'
          returning endpoint, former
          """;

  private static final String UPDATE =
      """
      update device_registration r set
        address = rows.address, identity = rows.identity, expires = rows.expires,
        due = least(r.due, rows.expires), content = rows.content,
        former = r.node, node = ?, seen = ?
      from
      """
          + ROWS
          + """
          where r.endpoint = rows.endpoint and r.id = rows.id
          returning r.endpoint, r.former
          """;

  private static final String OBSERVE =
      """
      update device_registration r
      set observations = r.observations - string_to_array(rows.ended, ' ') || rows.fresh
      from unnest(?::text[], ?::text[], ?::text[], ?::jsonb[]) as rows (slot, id, ended, fresh)
      where r.slot = rows.slot and r.id = rows.id
      returning r.id
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
    Map<String, Map<String, Optional<String>>> tokens = new TreeMap<>();
    for (Change change : batch) {
      switch (change) {
        case Register(StoredRegistration r) -> registered.put(r.endpoint(), r);
        case Update(StoredRegistration r) -> updated.put(r.endpoint(), r);
        case Remove(String id) -> removed.add(id);
        case Observe(String id, StoredObservation o) ->
            tokens.computeIfAbsent(id, _ -> new HashMap<>()).put(o.path(), Optional.of(o.token()));
        case Forget(String id, String path) ->
            tokens.computeIfAbsent(id, _ -> new HashMap<>()).put(path, Optional.empty());
      }
    }
    Map<String, String> formerNodes = new HashMap<>();
    Set<String> updatedThere = new HashSet<>();
    Set<String> observedThere = new HashSet<>();
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        put(connection, REGISTER, registered.values(), formerNodes);
        updatedThere.addAll(put(connection, UPDATE, updated.values(), formerNodes));
        remove(connection, removed);
        observedThere.addAll(observe(connection, tokens));
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
    formerNodes.forEach((endpoint, former) -> takenOver.accept(former, endpoint));
    return batch.stream()
        .map(
            change ->
                switch (change) {
                  case Update(StoredRegistration r) -> updatedThere.contains(r.endpoint());
                  case Observe(String id, _) -> observedThere.contains(id);
                  case Register _, Remove _, Forget _ -> true;
                })
        .toList();
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
      statement.setString(1, node);
      statement.setTimestamp(2, Timestamp.from(clock.instant()));
      statement.setArray(3, texts(connection, rows, StoredRegistration::endpoint));
      statement.setArray(4, texts(connection, rows, r -> slot(r.id())));
      statement.setArray(5, texts(connection, rows, StoredRegistration::id));
      statement.setArray(6, texts(connection, rows, StoredRegistration::address));
      statement.setArray(7, texts(connection, rows, StoredRegistration::identity));
      statement.setArray(8, texts(connection, rows, r -> r.expires().toString()));
      statement.setArray(9, texts(connection, rows, StoredRegistration::content));
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          there.add(result.getString(1));
          String former = result.getString(2);
          if (former != null && !former.equals(node)) {
            formerNodes.put(result.getString(1), former);
          }
        }
      }
    }
    return there;
  }

  private static String slot(String id) {
    return id.substring(0, Math.min(id.length(), RegistrationJournal.SLOT_LENGTH));
  }

  private static void remove(Connection connection, Set<String> ids) throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "delete from device_registration where slot = any(?) and id = any(?)")) {
      statement.setArray(1, texts(connection, ids, RegistrationSql::slot));
      statement.setArray(2, texts(connection, ids, Function.identity()));
      statement.executeUpdate();
    }
  }

  /// @param tokens by registration and path; nothing for what is observed no more
  /// @return registrations that are there
  private static Set<String> observe(
      Connection connection, Map<String, Map<String, Optional<String>>> tokens)
      throws SQLException {
    Set<String> there = new HashSet<>();
    if (tokens.isEmpty()) {
      return there;
    }
    try (PreparedStatement statement = connection.prepareStatement(OBSERVE)) {
      statement.setArray(1, texts(connection, tokens.keySet(), RegistrationSql::slot));
      statement.setArray(2, texts(connection, tokens.keySet(), Function.identity()));
      statement.setArray(3, texts(connection, tokens.values(), RegistrationSql::ended));
      statement.setArray(4, texts(connection, tokens.values(), RegistrationSql::fresh));
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          there.add(result.getString(1));
        }
      }
    }
    return there;
  }

  private static String ended(Map<String, Optional<String>> tokens) {
    return tokens.entrySet().stream()
        .filter(entry -> entry.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.joining(" "));
  }

  private static String fresh(Map<String, Optional<String>> tokens) {
    Map<String, String> texts = new HashMap<>();
    tokens.forEach((path, token) -> token.ifPresent(text -> texts.put(path, text)));
    return JournalJson.write(texts);
  }

  private static List<StoredObservation> observations(String text) {
    return JournalJson.texts(text, "observations").entrySet().stream()
        .map(entry -> new StoredObservation(entry.getKey(), entry.getValue()))
        .toList();
  }

  /// Arrays of texts, not of objects, go to the database in its binary form.
  private static <T> Array texts(
      Connection connection, Collection<T> rows, Function<T, String> column) throws SQLException {
    return connection.createArrayOf("text", rows.stream().map(column).toArray(String[]::new));
  }

  /// Finds all, with one query for each name that is asked for.
  List<Optional<Found>> find(List<Find> batch) throws SQLException {
    Map<Find, Found> found = new HashMap<>();
    try (Connection connection = source.getConnection()) {
      for (By by : By.values()) {
        Set<String> values = new HashSet<>();
        batch.stream().filter(find -> find.by() == by).forEach(find -> values.add(find.value()));
        if (values.isEmpty()) {
          continue;
        }
        try (PreparedStatement statement =
            connection.prepareStatement(
                "select %s from device_registration where %s order by seen"
                    .formatted(COLUMNS, by.condition))) {
          statement.setArray(1, texts(connection, values, Function.identity()));
          if (by == By.ID) {
            statement.setArray(2, texts(connection, values, RegistrationSql::slot));
          }
          read(statement, one -> found.put(new Find(by, by.name.apply(one.registration())), one));
        }
      }
    }
    return batch.stream().map(find -> Optional.ofNullable(found.get(find))).toList();
  }

  /// Up to `most` registrations that a node has.
  void of(String node, int most, Consumer<Found> each) throws SQLException {
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

  private static void read(PreparedStatement statement, Consumer<Found> each) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        each.accept(
            new Found(
                new StoredRegistration(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getTimestamp(5).toInstant(),
                    row.getString(6)),
                observations(row.getString(7))));
      }
    }
  }

  private List<StoredRegistration> select(String rest, Object... parameters) {
    List<StoredRegistration> found = new ArrayList<>();
    query(
        "select %s from device_registration %s".formatted(COLUMNS, rest),
        statement -> read(statement, one -> found.add(one.registration())),
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
    Timestamp time = Timestamp.from(now);
    // Those that were kept alive since they became due are due later.
    int[] moved = new int[1];
    do {
      query(
          """
          update device_registration set due = expires where endpoint in (
            select endpoint from device_registration where due < ? and expires >= ?
            order by due limit ? for update skip locked)
          """,
          statement -> moved[0] = statement.executeUpdate(),
          time,
          time,
          most);
    } while (moved[0] == most);
    return select("where due < ? and expires < ? order by due limit ?", time, time, most);
  }

  List<StoredRegistration> all() {
    return select("");
  }

  /// Removes a registration that has ended.
  boolean expire(String id, Instant now) {
    int[] ended = new int[1];
    query(
        "delete from device_registration where slot = ? and id = ? and expires < ?",
        statement -> ended[0] = statement.executeUpdate(),
        slot(id),
        id,
        Timestamp.from(now));
    return ended[0] > 0;
  }
}
