package dev.mote.service.access;

import dev.mote.service.database.Ids;
import dev.mote.service.http.PageRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The table `pass`: what callers show, by its hash.
@Component
final class Passes {

  /// How every secret starts, so that it is told from an OpenID provider's, and found where it
  /// leaked.
  static final String PREFIX = "mote_";

  private static final Duration LAST_USE_STEP = Duration.ofMinutes(1);

  private final SecureRandom random = new SecureRandom();
  private final JdbcClient jdbc;
  private final Clock clock;

  Passes(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /// A pass that was just made, with its secret, which is nowhere else.
  record Issued(Pass pass, String secret) {
    @Override
    public String toString() {
      return "Issued[" + pass.id() + "]";
    }
  }

  Issued issue(
      Account account,
      Pass.Kind kind,
      String name,
      Set<Role> roles,
      boolean system,
      Duration life) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant now = clock.instant();
    Pass pass =
        new Pass(
            Ids.next(),
            account.tenant(),
            account.id(),
            kind,
            name,
            roles,
            system,
            now,
            now.plus(life),
            Optional.empty());
    jdbc.sql(
            """
            insert into pass (id, tenant, account, kind, name, hash, roles, system, created, expires)
            values (:id, :tenant, :account, :kind, :name, :hash, :roles, :system, :created, :expires)
            """)
        .param("id", pass.id())
        .param("tenant", pass.tenant())
        .param("account", pass.account())
        .param("kind", kind.name())
        .param("name", name)
        .param("hash", hash(secret))
        .param("roles", Accounts.names(roles))
        .param("system", system)
        .param("created", Timestamp.from(now))
        .param("expires", Timestamp.from(pass.expires()))
        .update();
    return new Issued(pass, secret);
  }

  /// Who shows this secret, with what both the pass and the user may do now.
  Optional<Entered> enter(String secret) {
    Instant now = clock.instant();
    Optional<Shown> shown =
        jdbc.sql(
                """
                select p.id, p.tenant, p.account, p.roles, p.system, p.last_use,
                  a.name, a.roles as account_roles, a.system as account_system
                from pass p join account a on a.id = p.account and a.tenant = p.tenant
                where p.hash = :hash and p.expires > :now and not a.disabled
                """)
            .param("hash", hash(secret))
            .param("now", Timestamp.from(now))
            .query(Passes::shown)
            .optional();
    // Not while the row is read: that would take a second connection beside the first.
    shown
        .filter(pass -> pass.lastUse().plus(LAST_USE_STEP).isBefore(now))
        .ifPresent(pass -> used(pass.id(), now));
    return shown.map(pass -> new Entered(pass.caller(), pass.id()));
  }

  private record Shown(UUID id, Caller caller, Instant lastUse) {}

  private void used(UUID pass, Instant now) {
    jdbc.sql("update pass set last_use = :now where id = :id")
        .param("now", Timestamp.from(now))
        .param("id", pass)
        .update();
  }

  private static Shown shown(ResultSet row, int number) throws SQLException {
    Timestamp used = row.getTimestamp("last_use");
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    roles.addAll(Role.implied(Accounts.roles(row.getArray("roles"))));
    roles.retainAll(Role.implied(Accounts.roles(row.getArray("account_roles"))));
    Caller caller =
        new Caller(
            row.getObject("tenant", UUID.class),
            row.getObject("account", UUID.class),
            row.getString("name"),
            roles,
            row.getBoolean("system") && row.getBoolean("account_system"));
    return new Shown(
        row.getObject("id", UUID.class), caller, used == null ? Instant.EPOCH : used.toInstant());
  }

  List<Pass> list(UUID tenant, UUID account, Pass.Kind kind, PageRequest page) {
    return jdbc.sql(
            """
            select * from pass
            where tenant = :tenant and account = :account and kind = :kind and id > :after
            order by id limit :rows
            """)
        .param("tenant", tenant)
        .param("account", account)
        .param("kind", kind.name())
        .param("after", page.afterOrFirst())
        .param("rows", page.rows())
        .query(Passes::read)
        .list();
  }

  Optional<Pass> find(UUID tenant, UUID id) {
    return jdbc.sql("select * from pass where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query(Passes::read)
        .optional();
  }

  int count(UUID tenant, UUID account, Pass.Kind kind) {
    return jdbc.sql(
            """
            select count(*) from pass where tenant = :tenant and account = :account and kind = :kind
            """)
        .param("tenant", tenant)
        .param("account", account)
        .param("kind", kind.name())
        .query(Integer.class)
        .single();
  }

  boolean delete(UUID tenant, UUID id) {
    return jdbc.sql("delete from pass where tenant = :tenant and id = :id")
            .param("tenant", tenant)
            .param("id", id)
            .update()
        > 0;
  }

  /// Ends all sessions of a user, as a new password does.
  void endSessions(UUID tenant, UUID account) {
    jdbc.sql("delete from pass where tenant = :tenant and account = :account and kind = 'SESSION'")
        .param("tenant", tenant)
        .param("account", account)
        .update();
  }

  int deleteExpired() {
    return jdbc.sql("delete from pass where kind = 'SESSION' and expires < :now")
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }

  /// What a browser must send in a header beside the cookie: derived from the secret, which scripts
  /// cannot read.
  static String antiForgery(String secret) {
    return HexFormat.of().formatHex(hash("anti-forgery " + secret), 0, 16);
  }

  private static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Pass read(ResultSet row, int number) throws SQLException {
    return new Pass(
        row.getObject("id", UUID.class),
        row.getObject("tenant", UUID.class),
        row.getObject("account", UUID.class),
        Pass.Kind.valueOf(row.getString("kind")),
        row.getString("name"),
        Accounts.roles(row.getArray("roles")),
        row.getBoolean("system"),
        row.getTimestamp("created").toInstant(),
        row.getTimestamp("expires").toInstant(),
        Optional.ofNullable(row.getTimestamp("last_use")).map(Timestamp::toInstant));
  }
}
