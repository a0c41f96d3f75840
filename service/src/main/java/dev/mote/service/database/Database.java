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

  @Bean(destroyMethod = "close")
  HikariDataSource dataSource(DatabaseSettings settings) throws IOException {
    HikariConfig pool = new HikariConfig();
    pool.setMaximumPoolSize(settings.connections());
    // While the database is away, requests are told so soon, and no thread waits for half a minute.
    pool.setConnectionTimeout(WAIT_MILLIS);
    pool.setValidationTimeout(WAIT_MILLIS / 2);
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
