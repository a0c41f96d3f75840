package dev.mote.service.event;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/// Events as rows of the table `event`.
@Component
final class SqlEvents implements Events {

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Clock clock;
  private final EventTail tail;

  SqlEvents(JdbcClient jdbc, JsonMapper json, Clock clock, EventTail tail) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
    this.tail = tail;
  }

  @Override
  public void publish(UUID tenant, String kind, String subject, Object content) {
    jdbc.sql(
            """
            insert into event (tenant, kind, subject, content, time)
            values (:tenant, :kind, :subject, :content::jsonb, :time)
            """)
        .param("tenant", tenant)
        .param("kind", kind)
        .param("subject", subject)
        .param("content", json.writeValueAsString(content))
        .param("time", Timestamp.from(clock.instant()))
        .update();
    tellAfterCommit();
  }

  @Override
  public void publishAll(UUID tenant, String kind, Map<String, ?> contents) {
    if (contents.isEmpty()) {
      return;
    }
    List<String> subjects = List.copyOf(contents.keySet());
    jdbc.sql(
            """
            insert into event (tenant, kind, subject, content, time)
            select :tenant, :kind, subject, content::jsonb, :time
            from unnest(:subjects::text[], :contents::text[]) as t (subject, content)
            """)
        .param("tenant", tenant)
        .param("kind", kind)
        .param("subjects", subjects.toArray(String[]::new))
        .param(
            "contents",
            subjects.stream()
                .map(subject -> json.writeValueAsString(contents.get(subject)))
                .toArray(String[]::new))
        .param("time", Timestamp.from(clock.instant()))
        .update();
    tellAfterCommit();
  }

  private void tellAfterCommit() {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      tail.written();
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            tail.written();
          }
        });
  }
}
