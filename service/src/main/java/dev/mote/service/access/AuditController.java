package dev.mote.service.access;

import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The audit log for reading, newest first.
@RestController
final class AuditController {

  private final JdbcClient jdbc;
  private final JsonMapper json;

  AuditController(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /// @param action such as `user.add`
  /// @param object kind and id, such as `user/0199…`
  record AuditEntry(
      UUID id,
      Instant time,
      UUID user,
      String userName,
      String action,
      String object,
      JsonNode details) {}

  @Operation(summary = "Read the audit log, newest first")
  @Requires(Role.ADMIN)
  @GetMapping("/v1/audit")
  Page<AuditEntry> readAudit(
      Caller caller,
      PageRequest page,
      @RequestParam Optional<String> action,
      @RequestParam Optional<String> object,
      @RequestParam Optional<UUID> user,
      @RequestParam Optional<Instant> from,
      @RequestParam Optional<Instant> to) {
    var rows =
        jdbc.sql(
                """
                select * from audit where tenant = :tenant and id < :before
                  and (:action::text is null or action = :action or starts_with(action, :action || '.'))
                  and (:object::text is null or object = :object or starts_with(object, :object || '/'))
                  and (:user::uuid is null or account = :user)
                  and (:from::timestamptz is null or time >= :from)
                  and (:to::timestamptz is null or time < :to)
                order by id desc limit :rows
                """)
            .param("tenant", caller.tenant())
            .param("before", page.beforeOrLast())
            .param("action", action.orElse(null), Types.VARCHAR)
            .param("object", object.orElse(null), Types.VARCHAR)
            .param("user", user.orElse(null), Types.OTHER)
            .param(
                "from",
                from.map(time -> time.atOffset(ZoneOffset.UTC)).orElse(null),
                Types.TIMESTAMP_WITH_TIMEZONE)
            .param(
                "to",
                to.map(time -> time.atOffset(ZoneOffset.UTC)).orElse(null),
                Types.TIMESTAMP_WITH_TIMEZONE)
            .param("rows", page.rows())
            .query(this::read)
            .list();
    return Page.of(rows, page, AuditEntry::id);
  }

  private AuditEntry read(ResultSet row, int number) throws SQLException {
    return new AuditEntry(
        row.getObject("id", UUID.class),
        row.getTimestamp("time").toInstant(),
        row.getObject("account", UUID.class),
        row.getString("account_name"),
        row.getString("action"),
        row.getString("object"),
        json.readTree(row.getString("details")));
  }
}
