package dev.mote.service.system;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/// A clock that goes as all clocks do, and can be set forward.
final class MovableClock extends Clock {

  /// Held by test classes that set it forward, which would disturb each other.
  static final String LOCK = "the clock of tests";

  /// Set forward for service and devices alike.
  static final MovableClock SHARED = new MovableClock();

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  /// Gives a service this clock that names it among its sources. It is not marked as a
  /// configuration, which all services of tests would find by themselves.
  static class Beans {

    @Bean
    @Primary
    Clock movableClock() {
      return SHARED;
    }
  }

  void forward(Duration time) {
    ahead.updateAndGet(time::plus);
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead.get());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
