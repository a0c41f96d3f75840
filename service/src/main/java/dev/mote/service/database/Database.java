package dev.mote.service.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The one database: a server elsewhere, or one that is started beside the service.
@Configuration(proxyBeanMethods = false)
class Database {

  private static final long WAIT_MILLIS = 5_000;

  /// Queues are empty most of the time. A plan that was made then, and is kept for the statement,
  /// would read all of the table ever after; each of these tables has an index for what is asked
  /// of it. What must be read in whole is, and not compiled for it.
  private static final String PLANS = "set enable_seqscan = off; set jit = off";

  @Bean(destroyMethod = "close")
  HikariDataSource dataSource(DatabaseSettings settings) throws IOException {
    HikariConfig pool = new HikariConfig();
    pool.setMaximumPoolSize(settings.connections());
    // While the database is away, requests are told so soon, and no thread waits for half a minute.
    pool.setConnectionTimeout(WAIT_MILLIS);
    pool.setValidationTimeout(WAIT_MILLIS / 2);
    pool.setConnectionInitSql(PLANS);
    if (settings.url().isPresent()) {
      pool.setJdbcUrl(settings.url().get());
      pool.setUsername(settings.user());
      pool.setPassword(settings.password());
      return new HikariDataSource(pool);
    }
    EmbeddedServer server = EmbeddedServer.in(settings.folder());
    pool.setJdbcUrl(server.url());
    pool.setUsername(EmbeddedServer.USER);
    return new HikariDataSource(pool) {
      @Override
      public void close() {
        super.close();
        server.close();
      }
    };
  }
}
