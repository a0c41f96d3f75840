package dev.mote.service.device;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.sql.DataSource;

/// Registrations and observations in PostgreSQL.
///
/// Writing waits for a commit that all waiting writers share ([Batches]), and so does reading of
/// what is not in memory. A registration carries the name of the node that wrote it last; a node
/// that takes one over tells the former one, which drops its copy.
///
/// Nothing here relaxes `synchronous_commit`: a device is answered when its registration is safe.
final class SqlJournal implements RegistrationJournal, AutoCloseable {

  private static final int MOST_AT_ONCE = 512;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final RegistrationSql sql;
  private final RegistrationCache cache;
  private final Batches<RegistrationSql.Change, Boolean> changes;
  private final Batches<RegistrationSql.Find, Optional<RegistrationSql.Found>> finds;
  private final String node;

  /// @param node name of this process, the same after a restart
  /// @param most registrations that are kept in memory
  /// @param takenOver told the node that had the registration, and its endpoint
  SqlJournal(
      DataSource source, Clock clock, String node, int most, BiConsumer<String, String> takenOver) {
    this.node = node;
    this.cache = new RegistrationCache(most);
    this.sql = new RegistrationSql(source, clock, node, takenOver);
    this.changes = new Batches<>("journal", MOST_AT_ONCE, PATIENCE, this::change);
    this.finds = new Batches<>("journal-reads", MOST_AT_ONCE, PATIENCE, this::find);
  }

  /// Reads what this node had before it stopped.
  void warm() throws SQLException {
    long stamp = cache.stamp();
    sql.of(node, cache.most(), found -> cache.read(found, stamp));
  }

  /// Drops the copy of what another node has now.
  void lost(String endpoint) {
    cache.remove(endpoint);
  }

  /// Drops all copies: something may have been missed.
  void doubt() {
    cache.clear();
  }

  /// Copies in memory.
  int size() {
    return cache.size();
  }

  /// Writers that wait.
  int waiting() {
    return changes.length();
  }

  private List<Boolean> change(List<RegistrationSql.Change> batch) throws SQLException {
    List<Boolean> results = sql.change(batch);
    for (int i = 0; i < batch.size(); i++) {
      switch (batch.get(i)) {
        case RegistrationSql.Register(StoredRegistration r) -> cache.registered(r);
        case RegistrationSql.Update(StoredRegistration r) -> {
          if (results.get(i)) {
            cache.updated(r);
          } else {
            cache.removeById(r.id());
          }
        }
        case RegistrationSql.Remove(String id) -> cache.removeById(id);
        case RegistrationSql.Observe(String id, StoredObservation o) -> {
          if (results.get(i)) {
            cache.observed(id, o);
          } else {
            cache.removeById(id);
          }
        }
        case RegistrationSql.Forget(String id, String path) -> cache.forgotten(id, path);
      }
    }
    return results;
  }

  private List<Optional<RegistrationSql.Found>> find(List<RegistrationSql.Find> batch)
      throws SQLException {
    long stamp = cache.stamp();
    List<Optional<RegistrationSql.Found>> found = sql.find(batch);
    found.forEach(one -> one.ifPresent(registration -> cache.read(registration, stamp)));
    return found;
  }

  private Optional<StoredRegistration> find(RegistrationSql.By by, String value) {
    return finds.run(new RegistrationSql.Find(by, value)).map(RegistrationSql.Found::registration);
  }

  @Override
  public void register(StoredRegistration registration) {
    changes.run(new RegistrationSql.Register(registration));
  }

  @Override
  public boolean update(StoredRegistration registration) {
    return changes.run(new RegistrationSql.Update(registration));
  }

  @Override
  public void unregister(String id) {
    changes.run(new RegistrationSql.Remove(id));
  }

  @Override
  public Optional<StoredRegistration> byId(String id) {
    return cache.byId(id).or(() -> find(RegistrationSql.By.ID, id));
  }

  @Override
  public Optional<StoredRegistration> byEndpoint(String endpoint) {
    return cache.byEndpoint(endpoint).or(() -> find(RegistrationSql.By.ENDPOINT, endpoint));
  }

  @Override
  public Optional<StoredRegistration> byIdentity(String identity) {
    return cache.byIdentity(identity).or(() -> find(RegistrationSql.By.IDENTITY, identity));
  }

  @Override
  public boolean observe(String registration, StoredObservation observation) {
    return changes.run(new RegistrationSql.Observe(registration, observation));
  }

  @Override
  public void forget(String registration, String path) {
    changes.run(new RegistrationSql.Forget(registration, path));
  }

  @Override
  public List<StoredObservation> observations(String registration) {
    return cache
        .observations(registration)
        .orElseGet(
            () ->
                finds
                    .run(new RegistrationSql.Find(RegistrationSql.By.ID, registration))
                    .map(RegistrationSql.Found::observations)
                    .orElse(List.of()));
  }

  @Override
  public List<StoredRegistration> expired(Instant now, int most) {
    return sql.expired(now, most);
  }

  @Override
  public boolean expire(String id, Instant now) {
    boolean ended = sql.expire(id, now);
    cache.removeById(id);
    return ended;
  }

  @Override
  public List<StoredRegistration> all() {
    return sql.all();
  }

  @Override
  public void close() {
    changes.close();
    finds.close();
  }
}
