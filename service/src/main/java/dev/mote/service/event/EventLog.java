package dev.mote.service.event;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The events of all tenants in the order of their positions, for those who pass them on.
@Component
public final class EventLog {

  private final JdbcClient jdbc;

  EventLog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// The end of what is settled: whatever happens from now on comes after it.
  public Position end() {
    long transaction =
        jdbc.sql("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            .query(Long.class)
            .single();
    return new Position(transaction - 1, Long.MAX_VALUE);
  }

  /// The next events after a position; none that another could still come before.
  public List<Event> after(Position position, int most) {
    return jdbc.sql(
            """
            select * from event
            where (transaction, number) > (:transaction, :number) and %s
            order by transaction, number limit :most
            """
                .formatted(EventTail.SETTLED))
        .param("transaction", position.transaction())
        .param("number", position.number())
        .param("most", most)
        .query(EventTail::read)
        .list();
  }
}
