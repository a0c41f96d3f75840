package dev.mote.service.device;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Which device an endpoint is; those used last are in memory.
public final class KnownDevices {

  /// A device and whose it is.
  public record Owned(UUID tenant, UUID device) {}

  private final JdbcClient jdbc;
  private final Map<String, Owned> known;

  KnownDevices(JdbcClient jdbc, int most) {
    this.jdbc = jdbc;
    this.known =
        new LinkedHashMap<>(1024, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Owned> eldest) {
            return size() > most;
          }
        };
  }

  /// The device, if it is in memory.
  Optional<Owned> known(String endpoint) {
    synchronized (known) {
      return Optional.ofNullable(known.get(endpoint));
    }
  }

  /// The device, looked for.
  public Optional<Owned> find(String endpoint) {
    Optional<Owned> found =
        known(endpoint)
            .or(
                () ->
                    jdbc.sql("select tenant, id from device where endpoint = :endpoint")
                        .param("endpoint", endpoint)
                        .query(
                            (row, _) ->
                                new Owned(
                                    row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
                        .optional());
    found.ifPresent(
        device -> {
          synchronized (known) {
            known.put(endpoint, device);
          }
        });
    return found;
  }

  void forget(String endpoint) {
    synchronized (known) {
      known.remove(endpoint);
    }
  }

  void clear() {
    synchronized (known) {
      known.clear();
    }
  }
}
