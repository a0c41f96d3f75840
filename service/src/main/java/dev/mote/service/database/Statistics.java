package dev.mote.service.database;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Tells PostgreSQL when a table has grown far beyond what its planner believes.
///
/// A queue is empty most of the time, and then the statistics say that it has no rows. While they
/// say so, every index seems to cost the same, and a statement may walk through a whole one, or
/// through one for each row of another. PostgreSQL looks by itself once a minute; a queue that
/// thousands of devices wait for is full within a second. New statistics also end the plans that
/// connections have kept.
@Component
class Statistics implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);
  private static final Duration BETWEEN = Duration.ofSeconds(2);

  /// Tables of fewer rows are quick to read in any way.
  private static final int SMALL = 200;

  /// So many times more rows than believed are another matter.
  private static final int FAR = 4;

  private final JdbcClient jdbc;
  private final Thread thread = Thread.ofVirtual().name("statistics").unstarted(this::loop);

  Statistics(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @EventListener(ApplicationReadyEvent.class)
  synchronized void start() {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
  }

  private void loop() {
    while (true) {
      try {
        Thread.sleep(BETWEEN);
        renew();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.debug("statistics are renewed later: {}", e.getMessage());
      }
    }
  }

  /// Has the tables looked at that have grown.
  private void renew() {
    List<String> grown =
        jdbc.sql(
                """
                select oid::regclass::text from pg_class
                where relkind = 'r' and relnamespace = current_schema()::regnamespace
                  and pg_stat_get_live_tuples(oid) > :small + :far * greatest(reltuples, 0)
                """)
            .param("small", SMALL)
            .param("far", FAR)
            .query((row, _) -> row.getString(1))
            .list();
    for (String table : grown) {
      // What somebody else is at is done by that.
      jdbc.sql("analyze (skip_locked) " + table).update();
      LOG.debug("statistics of {} are new", table);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
