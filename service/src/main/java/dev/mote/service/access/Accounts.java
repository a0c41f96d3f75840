package dev.mote.service.access;

import dev.mote.service.database.Ids;
import dev.mote.service.http.PageRequest;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The table `account`.
@Component
final class Accounts {

  private final JdbcClient jdbc;
  private final Clock clock;

  Accounts(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  Account add(
      UUID tenant, String name, @Nullable String hash, Collection<Role> roles, boolean system) {
    UUID id = Ids.next();
    jdbc.sql(
            """
            insert into account (id, tenant, name, password, roles, system, created)
            values (:id, :tenant, :name, :password, :roles, :system, :created)
            """)
        .param("id", id)
        .param("tenant", tenant)
        .param("name", name)
        .param("password", hash)
        .param("roles", names(roles))
        .param("system", system)
        .param("created", Timestamp.from(clock.instant()))
        .update();
    return find(tenant, id).orElseThrow();
  }

  Optional<Account> find(UUID tenant, UUID id) {
    return jdbc.sql("select * from account where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query(Accounts::read)
        .optional();
  }

  Optional<Account> named(String tenant, String name) {
    return jdbc.sql(
            """
            select a.* from account a join tenant t on t.id = a.tenant
            where t.name = :tenant and a.name = :name
            """)
        .param("tenant", tenant)
        .param("name", name)
        .query(Accounts::read)
        .optional();
  }

  Optional<Account> ofIssuer(String issuer, String subject) {
    return jdbc.sql("select * from account where issuer = :issuer and issuer_subject = :subject")
        .param("issuer", issuer)
        .param("subject", subject)
        .query(Accounts::read)
        .optional();
  }

  List<Account> list(UUID tenant, PageRequest page) {
    return jdbc.sql(
            "select * from account where tenant = :tenant and id > :after order by id limit :rows")
        .param("tenant", tenant)
        .param("after", page.afterOrFirst())
        .param("rows", page.rows())
        .query(Accounts::read)
        .list();
  }

  void setIssuer(UUID tenant, UUID id, String issuer, String subject) {
    jdbc.sql(
            """
            update account set issuer = :issuer, issuer_subject = :subject
            where tenant = :tenant and id = :id
            """)
        .param("tenant", tenant)
        .param("id", id)
        .param("issuer", issuer)
        .param("subject", subject)
        .update();
  }

  void setRoles(UUID tenant, UUID id, Collection<Role> roles, boolean system, boolean disabled) {
    jdbc.sql(
            """
            update account set roles = :roles, system = :system, disabled = :disabled
            where tenant = :tenant and id = :id
            """)
        .param("tenant", tenant)
        .param("id", id)
        .param("roles", names(roles))
        .param("system", system)
        .param("disabled", disabled)
        .update();
  }

  void setPassword(UUID tenant, UUID id, String hash) {
    jdbc.sql("update account set password = :hash where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .param("hash", hash)
        .update();
  }

  void loggedIn(UUID tenant, UUID id) {
    jdbc.sql("update account set last_login = :now where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }

  boolean delete(UUID tenant, UUID id) {
    return jdbc.sql("delete from account where tenant = :tenant and id = :id")
            .param("tenant", tenant)
            .param("id", id)
            .update()
        > 0;
  }

  /// Administrators of the tenant that may log in. The rows stay locked until the transaction ends,
  /// so that two changes at once cannot remove the last two.
  List<UUID> lockAdmins(UUID tenant) {
    return jdbc.sql(
            """
            select id from account
            where tenant = :tenant and not disabled and 'ADMIN' = any(roles) order by id for update
            """)
        .param("tenant", tenant)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  static String[] names(Collection<Role> roles) {
    return roles.stream().sorted().distinct().map(Role::name).toArray(String[]::new);
  }

  static Set<Role> roles(Array array) throws SQLException {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : (String[]) array.getArray()) {
      roles.add(Role.valueOf(name));
    }
    return roles;
  }

  private static Account read(ResultSet row, int number) throws SQLException {
    return new Account(
        row.getObject("id", UUID.class),
        row.getObject("tenant", UUID.class),
        row.getString("name"),
        Optional.ofNullable(row.getString("password")),
        roles(row.getArray("roles")),
        row.getBoolean("system"),
        row.getBoolean("disabled"),
        Optional.ofNullable(row.getString("issuer")),
        row.getTimestamp("created").toInstant(),
        Optional.ofNullable(row.getTimestamp("last_login")).map(Timestamp::toInstant));
  }
}
