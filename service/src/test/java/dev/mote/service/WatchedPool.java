package dev.mote.service;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// A pool that tells of threads which take a second connection while they hold one. Enough of them
/// at once hold all connections, and wait for each other until all of them fail.
final class WatchedPool extends HikariDataSource {

  /// Puts it before the service's pool.
  @Configuration(proxyBeanMethods = false)
  static class Beans {

    @Bean
    static BeanPostProcessor watchedPool() {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
          return bean instanceof HikariDataSource pool ? new WatchedPool(pool) : bean;
        }
      };
    }
  }

  private final HikariDataSource pool;
  private final ThreadLocal<AtomicReference<@Nullable Throwable>> holding =
      ThreadLocal.withInitial(AtomicReference::new);
  private final Queue<AssertionError> nested = new ConcurrentLinkedQueue<>();

  private WatchedPool(HikariDataSource pool) {
    this.pool = pool;
    setJdbcUrl(pool.getJdbcUrl());
    setUsername(pool.getUsername());
    setPassword(pool.getPassword());
  }

  /// Fails if a thread took a second connection.
  void check() {
    AssertionError first = nested.peek();
    if (first != null) {
      // Whole: test runners leave out the lines that matter here.
      first.printStackTrace();
      throw first;
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    AtomicReference<@Nullable Throwable> held = holding.get();
    Throwable now = new Throwable("took a connection");
    Throwable former = held.get();
    if (former != null && !isMigration(now)) {
      AssertionError error =
          new AssertionError("a thread that holds a connection takes another one", now);
      error.addSuppressed(former);
      nested.add(error);
    }
    Connection connection = pool.getConnection();
    held.set(former == null ? now : former);
    return (Connection)
        Proxy.newProxyInstance(
            WatchedPool.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              if (method.getName().equals("close")) {
                held.compareAndSet(now, null);
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNullElse(e.getCause(), e);
              }
            });
  }

  /// Figures are those of the pool that does the work.
  @Override
  public void setMetricsTrackerFactory(MetricsTrackerFactory factory) {
    pool.setMetricsTrackerFactory(factory);
  }

  /// Migrations run before anything else does, and take what they need one thread at a time.
  private static boolean isMigration(Throwable at) {
    return Arrays.stream(at.getStackTrace())
        .anyMatch(frame -> frame.getClassName().startsWith("org.flywaydb."));
  }

  @Override
  public void close() {
    pool.close();
  }
}
