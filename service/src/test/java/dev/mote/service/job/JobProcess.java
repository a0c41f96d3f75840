package dev.mote.service.job;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.event.Events;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// A process that runs jobs and nothing else: the beans of the package on a database, and fakes of
/// what it tells others.
final class JobProcess {

  static final class Told implements Events, Quotas {
    final List<String> events = new CopyOnWriteArrayList<>();
    final AtomicLong taken = new AtomicLong();

    @Override
    public void publish(UUID tenant, String kind, String subject, Object content) {
      events.add(kind + " " + subject);
    }

    @Override
    public void take(UUID tenant, Quota what, long amount) {
      taken.addAndGet(amount);
    }

    @Override
    public void give(UUID tenant, Quota what, long amount) {
      taken.addAndGet(-amount);
    }
  }

  @EnableTransactionManagement
  @ComponentScan(
      basePackageClasses = Jobs.class,
      excludeFilters = {
        @ComponentScan.Filter(RestController.class),
        @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = JobConfiguration.class)
      })
  static class Beans {
    @Bean
    JdbcClient sql(DataSource source) {
      return JdbcClient.create(source);
    }

    @Bean
    PlatformTransactionManager transactions(DataSource source) {
      return new JdbcTransactionManager(source);
    }

    @Bean
    TransactionTemplate transaction(PlatformTransactionManager transactions) {
      return new TransactionTemplate(transactions);
    }

    @Bean
    JsonMapper json() {
      return JsonMapper.builder().build();
    }

    @Bean
    Clock clock() {
      return Clock.systemUTC();
    }

    @Bean
    Told told() {
      return new Told();
    }

    @Bean
    TryHandler handler() {
      return new TryHandler();
    }

    @Bean
    JobSettings settings() {
      return new JobSettings(
          3, 2, Duration.ofMillis(200), Duration.ofMillis(100), 5, 1000, Duration.ofDays(1));
    }
  }

  private JobProcess() {}

  static AnnotationConfigApplicationContext start(String url, Class<?>... more) {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    HikariConfig pool = new HikariConfig();
    pool.setJdbcUrl(url);
    pool.setUsername("postgres");
    context.registerBean(DataSource.class, () -> new HikariDataSource(pool));
    context.register(Beans.class);
    if (more.length > 0) {
      context.register(more);
    }
    context.refresh();
    return context;
  }

  /// Runs jobs until it is killed.
  public static void main(String[] arguments) throws InterruptedException {
    try (var _ = start(arguments[0])) {
      Thread.sleep(Duration.ofMinutes(2));
    }
  }
}
