package dev.mote.service.access;

import dev.mote.service.database.Ids;
import dev.mote.service.http.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The table `tenant`.
@Component
final class Tenants {

  /// The tenant of those who name none.
  static final String FIRST = "default";

  private final JdbcClient jdbc;

  Tenants(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  record Tenant(UUID id, String name, Instant created) {}

  Tenant add(String name) {
    UUID id = Ids.next();
    jdbc.sql("insert into tenant (id, name) values (:id, :name)")
        .param("id", id)
        .param("name", name)
        .update();
    return find(id).orElseThrow();
  }

  Optional<Tenant> find(UUID id) {
    return jdbc.sql("select * from tenant where id = :id")
        .param("id", id)
        .query(Tenants::read)
        .optional();
  }

  Optional<Tenant> named(String name) {
    return jdbc.sql("select * from tenant where name = :name")
        .param("name", name)
        .query(Tenants::read)
        .optional();
  }

  List<Tenant> list(PageRequest page) {
    return jdbc.sql("select * from tenant where id > :after order by id limit :rows")
        .param("after", page.afterOrFirst())
        .param("rows", page.rows())
        .query(Tenants::read)
        .list();
  }

  private static Tenant read(ResultSet row, int number) throws SQLException {
    return new Tenant(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getTimestamp("created").toInstant());
  }
}
