package dev.mote.service.mqtt;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Tenants by name and names by tenant. Neither changes, so what was found once is kept.
final class TenantNames {

  private final JdbcClient jdbc;
  private final Map<String, UUID> ids = new ConcurrentHashMap<>();
  private final Map<UUID, String> names = new ConcurrentHashMap<>();

  TenantNames(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<UUID> tenant(String name) {
    Optional<UUID> found =
        Optional.ofNullable(ids.get(name))
            .or(
                () ->
                    jdbc.sql("select id from tenant where name = :name")
                        .param("name", name)
                        .query(UUID.class)
                        .optional());
    found.ifPresent(id -> ids.put(name, id));
    return found;
  }

  Optional<String> name(UUID tenant) {
    Optional<String> found =
        Optional.ofNullable(names.get(tenant))
            .or(
                () ->
                    jdbc.sql("select name from tenant where id = :tenant")
                        .param("tenant", tenant)
                        .query(String.class)
                        .optional());
    found.ifPresent(name -> names.put(tenant, name));
    return found;
  }
}
