package dev.mote.service.access;

import dev.mote.service.database.Ids;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// The audit log as rows of the table `audit`.
@Component
final class SqlAudit implements Audit {

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Clock clock;

  SqlAudit(JdbcClient jdbc, JsonMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  @Override
  public void record(Caller caller, String action, String object, Map<String, ?> details) {
    jdbc.sql(
            """
            insert into audit (id, tenant, time, account, account_name, action, object, details)
            values (:id, :tenant, :time, :account, :name, :action, :object, :details::jsonb)
            """)
        .param("id", Ids.next())
        .param("tenant", caller.tenant())
        .param("time", Timestamp.from(clock.instant()))
        .param("account", caller.user())
        .param("name", caller.name())
        .param("action", action)
        .param("object", object)
        .param("details", json.writeValueAsString(details))
        .update();
  }
}
