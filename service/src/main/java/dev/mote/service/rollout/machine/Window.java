package dev.mote.service.rollout.machine;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/// Hours in which devices may be updated.
///
/// @param days on which it opens
/// @param from when it opens
/// @param to when it closes: on the next day, unless it is after `from`
/// @param zone whose clocks these are
public record Window(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {

  /// A day without the hour, when clocks go forward, has the same weekday within this time again.
  private static final int DAYS_AHEAD = 15;

  public Window {
    days = Set.copyOf(days);
    if (days.isEmpty()) {
      throw new IllegalArgumentException("a window opens on some day");
    }
  }

  private boolean isOpen(Instant now) {
    LocalDate today = now.atZone(zone).toLocalDate();
    return isOpen(now, today) || isOpen(now, today.minusDays(1));
  }

  private boolean isOpen(Instant now, LocalDate day) {
    return days.contains(day.getDayOfWeek())
        && !now.isBefore(opens(day))
        && now.isBefore(closes(day));
  }

  private Instant opens(LocalDate day) {
    return ZonedDateTime.of(day, from, zone).toInstant();
  }

  private Instant closes(LocalDate day) {
    return ZonedDateTime.of(to.isAfter(from) ? day : day.plusDays(1), to, zone).toInstant();
  }

  /// Whether updates may begin: always where there are no windows.
  static boolean anyOpen(Collection<Window> windows, Instant now) {
    return windows.isEmpty() || windows.stream().anyMatch(window -> window.isOpen(now));
  }

  /// When one of `windows` opens or closes next, after `now`.
  static Optional<Instant> nextChange(Collection<Window> windows, Instant now) {
    Instant next = Instant.MAX;
    for (Window window : windows) {
      LocalDate today = now.atZone(window.zone).toLocalDate();
      for (int ahead = -1; ahead < DAYS_AHEAD; ahead++) {
        LocalDate day = today.plusDays(ahead);
        if (window.days.contains(day.getDayOfWeek())) {
          next = earlier(next, window.opens(day), now);
          next = earlier(next, window.closes(day), now);
        }
      }
    }
    return next.equals(Instant.MAX) ? Optional.empty() : Optional.of(next);
  }

  private static Instant earlier(Instant one, Instant other, Instant now) {
    return other.isAfter(now) && other.isBefore(one) ? other : one;
  }
}
