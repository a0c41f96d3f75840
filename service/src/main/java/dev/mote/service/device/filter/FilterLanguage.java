package dev.mote.service.device.filter;

import dev.mote.service.device.DeviceCondition;
import dev.mote.service.http.Problem;
import java.time.Clock;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/// Filters as requests bring them.
@Component
final class FilterLanguage implements DeviceCondition.Language {

  private static final int CODE = 8401;

  private final Clock clock;

  FilterLanguage(Clock clock) {
    this.clock = clock;
  }

  @Override
  public DeviceCondition parse(String text) {
    try {
      return DeviceFilter.parse(text).condition(clock.instant());
    } catch (FilterRefused e) {
      throw Problem.of(
          CODE,
          HttpStatus.BAD_REQUEST,
          "the filter cannot be read, " + e.getMessage(),
          e.fix().isEmpty() ? "see the reference of filters." : e.fix());
    }
  }
}
