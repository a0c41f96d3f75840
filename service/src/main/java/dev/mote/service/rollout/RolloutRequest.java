package dev.mote.service.rollout;

import dev.mote.builder.BuildOptions;
import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.FailureClass;
import dev.mote.service.device.filter.DeviceFilter;
import dev.mote.service.device.filter.FilterRefused;
import dev.mote.service.http.Problem;
import dev.mote.service.http.Problem.FieldError;
import dev.mote.service.rollout.machine.ErrorLimit;
import dev.mote.service.rollout.machine.Gates;
import dev.mote.service.rollout.machine.Pace;
import dev.mote.service.rollout.machine.Reaction;
import dev.mote.service.rollout.machine.RolloutPlan;
import dev.mote.service.rollout.machine.Wave;
import dev.mote.service.rollout.machine.Window;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/// A rollout as it is asked for; what is left out is as [RolloutPlan] wants it by default.
///
/// @param version id of a version of a model
/// @param waves one after the other; all devices in one if empty
/// @param growth each wave after those listed is so many times the one before
/// @param atOnce most updates at once
/// @param retries per class of failure
record RolloutRequest(
    String name,
    UUID version,
    Optional<Target> target,
    Optional<List<WaveRequest>> waves,
    Optional<Double> growth,
    Optional<Integer> atOnce,
    Optional<Rate> rate,
    Optional<Instant> startAt,
    Optional<List<WindowRequest>> windows,
    Optional<Boolean> recall,
    Optional<ErrorsRequest> errors,
    Optional<GatesRequest> gates,
    Optional<Map<FailureClass, Integer>> retries,
    Optional<Duration> retryAfter,
    Optional<Instant> openUntil,
    Optional<Duration> stragglers,
    Optional<Boolean> returnInWindows,
    Optional<Boolean> approval,
    Optional<Delivery> delivery,
    Optional<Map<String, Object>> options) {

  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Map<FailureClass, Integer> RETRIES =
      Map.of(
          FailureClass.TRANSPORT, 2,
          FailureClass.INTEGRITY, 1,
          FailureClass.TIMEOUT, 1,
          FailureClass.FORGOTTEN, 1);

  /// @param devices how many; or
  /// @param percent of all
  /// @param soak how long it is watched before the next
  /// @param deadline after the last update of it began
  record WaveRequest(
      Optional<String> name,
      Optional<Integer> devices,
      Optional<Double> percent,
      Optional<Duration> soak,
      Optional<Duration> deadline,
      Optional<Double> enoughPercent,
      Optional<Double> successPercent) {}

  /// @param perMinute most that begin in a minute of the first wave
  /// @param factor how much more in each further wave
  record Rate(int perMinute, Optional<Double> factor) {}

  /// @param days all if empty
  /// @param from such as `22:00`
  /// @param to such as `04:00`, of the next day if it is not after `from`
  /// @param zone such as `Europe/Berlin`; UTC if empty
  record WindowRequest(
      Optional<Set<DayOfWeek>> days, LocalTime from, LocalTime to, Optional<String> zone) {}

  record ErrorsRequest(
      Optional<Integer> devices,
      Optional<Double> percent,
      Optional<Integer> minimumSample,
      Optional<Reaction> then) {}

  record GatesRequest(
      Optional<Integer> selfTestFailures,
      Optional<Double> latencyPercent,
      Optional<Integer> minimumSample,
      Optional<Boolean> required,
      Optional<Duration> patience) {}

  /// Reads one request, and collects all that is wrong with it.
  private static final class Check {
    final List<FieldError> errors = new ArrayList<>();

    void that(boolean holds, String field, String message) {
      if (!holds) {
        errors.add(new FieldError(field, message));
      }
    }

    void time(Optional<Duration> time, String field) {
      that(
          time.isEmpty() || !time.get().isNegative() && time.get().compareTo(LONGEST) <= 0,
          field,
          "must be PT0S to P365D, such as PT2H");
    }

    void percent(Optional<Double> percent, String field) {
      that(
          percent.isEmpty() || percent.get() >= 0 && percent.get() <= 100,
          field,
          "must be 0 to 100");
    }

    void count(Optional<Integer> count, int least, String field) {
      that(
          count.isEmpty() || count.get() >= least && count.get() <= 10_000_000,
          field,
          "must be %d to 10,000,000".formatted(least));
    }

    <T> Optional<T> reads(String field, Supplier<T> reading) {
      try {
        return Optional.of(reading.get());
      } catch (FilterRefused e) {
        that(false, field, (e.getMessage() + ". " + e.fix()).strip());
      } catch (IllegalArgumentException | DateTimeException e) {
        that(false, field, String.valueOf(e.getMessage()));
      }
      return Optional.empty();
    }
  }

  /// Whom it is for.
  Target checkedTarget() {
    Check check = new Check();
    Target wanted =
        target.orElseGet(
            () ->
                new Target(
                    Optional.empty(), Optional.empty(), OptionalDouble.empty(), Optional.empty()));
    check.that(
        wanted.filter().isPresent() || wanted.group().isPresent(),
        "target",
        "needs a filter or a group; name=='*' is every device");
    wanted
        .filter()
        .flatMap(text -> check.reads("target.filter", () -> DeviceFilter.parse(text)))
        .filter(filter -> openUntil.isPresent() && filter.dependsOnTime())
        .ifPresent(
            _ ->
                check.that(
                    false,
                    "target.filter",
                    "asks for lastContact or for a time ago, which no event tells of: "
                        + "not together with openUntil"));
    check.percent(
        wanted.percent().isPresent()
            ? Optional.of(wanted.percent().getAsDouble())
            : Optional.empty(),
        "target.percent");
    check.that(wanted.seed().orElse("").length() <= 100, "target.seed", "is too long");
    refuse(check);
    return wanted;
  }

  BuildOptions checkedOptions() {
    Check check = new Check();
    Optional<BuildOptions> read =
        check.reads("options", () -> BuildOptions.parse(options.orElse(Map.of())));
    refuse(check);
    return read.orElse(BuildOptions.STANDARD);
  }

  /// How it is to go.
  RolloutPlan plan(boolean mustBeApproved) {
    Check check = new Check();
    check.that(
        name != null && !name.isBlank() && name.length() <= 200,
        "name",
        "needs 1 to 200 characters");
    check.that(version != null, "version", "needs the id of a version");
    check.that(
        growth.orElse(1.0) >= 1 && growth.orElse(1.0) <= 1000, "growth", "must be 1 to 1000");
    check.count(atOnce, 1, "atOnce");
    rate.ifPresent(
        r -> {
          check.count(Optional.of(r.perMinute()), 1, "rate.perMinute");
          check.that(
              r.factor().orElse(1.0) >= 1 && r.factor().orElse(1.0) <= 1000,
              "rate.factor",
              "must be 1 to 1000");
        });
    check.time(retryAfter, "retryAfter");
    check.time(stragglers, "stragglers");
    retries
        .orElse(Map.of())
        .forEach(
            (kind, times) ->
                check.that(times >= 0 && times <= 20, "retries." + kind, "must be 0 to 20"));
    List<WaveRequest> listed = waves.orElse(List.of());
    check.that(
        listed.size() <= RolloutPlan.MOST_WAVES, "waves", "are at most " + RolloutPlan.MOST_WAVES);
    check.that(growth.isEmpty() || !listed.isEmpty(), "growth", "needs a first wave to grow from");
    for (int i = 0; i < listed.size(); i++) {
      check(check, listed.get(i), "waves[" + i + "].");
    }
    check(check, errors, gates);
    List<Window> checked = windows(check);
    refuse(check);
    return new RolloutPlan(
        listed.isEmpty()
            ? List.of(
                wave(
                    new WaveRequest(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
            : listed.stream().map(RolloutRequest::wave).toList(),
        decimal(growth),
        new Pace(
            atOnce.orElse(100),
            number(rate.map(Rate::perMinute)),
            rate.flatMap(Rate::factor).orElse(1.0)),
        startAt,
        checked,
        recall.orElse(true),
        errors.map(RolloutRequest::limit).orElseGet(() -> limit(none())),
        gates.map(RolloutRequest::gate).orElse(Gates.NONE),
        merged(retries.orElse(Map.of())),
        retryAfter.orElse(Duration.ofMinutes(10)),
        openUntil,
        stragglers.orElse(Duration.ofDays(14)),
        returnInWindows.orElse(false),
        mustBeApproved || approval.orElse(false));
  }

  private static void check(Check check, WaveRequest wave, String field) {
    check.that(
        wave.devices().isEmpty() || wave.percent().isEmpty(),
        field + "devices",
        "is there together with percent; one of both");
    check.count(wave.devices(), 0, field + "devices");
    check.percent(wave.percent(), field + "percent");
    check.percent(wave.enoughPercent(), field + "enoughPercent");
    check.percent(wave.successPercent(), field + "successPercent");
    check.time(wave.soak(), field + "soak");
    check.time(wave.deadline(), field + "deadline");
    check.that(
        wave.deadline().map(Duration::isPositive).orElse(true),
        field + "deadline",
        "must be above 0");
    check.that(wave.name().orElse("").length() <= 100, field + "name", "is too long");
  }

  private static void check(
      Check check, Optional<ErrorsRequest> errors, Optional<GatesRequest> gates) {
    check.count(errors.flatMap(ErrorsRequest::devices), 0, "errors.devices");
    check.percent(errors.flatMap(ErrorsRequest::percent), "errors.percent");
    check.count(errors.flatMap(ErrorsRequest::minimumSample), 1, "errors.minimumSample");
    check.count(gates.flatMap(GatesRequest::selfTestFailures), 0, "gates.selfTestFailures");
    check.count(gates.flatMap(GatesRequest::minimumSample), 1, "gates.minimumSample");
    check.time(gates.flatMap(GatesRequest::patience), "gates.patience");
  }

  private List<Window> windows(Check check) {
    List<Window> checked = new ArrayList<>();
    List<WindowRequest> listed = windows.orElse(List.of());
    check.that(listed.size() <= 50, "windows", "are at most 50");
    for (int i = 0; i < listed.size(); i++) {
      WindowRequest window = listed.get(i);
      String field = "windows[" + i + "]";
      if (window.from() == null || window.to() == null) {
        check.that(false, field, "needs from and to, such as 22:00 and 04:00");
        continue;
      }
      check
          .reads(field + ".zone", () -> ZoneId.of(window.zone().orElse("UTC")))
          .flatMap(
              zone ->
                  check.reads(
                      field,
                      () ->
                          new Window(
                              window.days().orElse(EnumSet.allOf(DayOfWeek.class)),
                              window.from(),
                              window.to(),
                              zone)))
          .ifPresent(checked::add);
    }
    return checked;
  }

  private static Wave wave(WaveRequest wave) {
    return new Wave(
        wave.name().orElse(""),
        number(wave.devices()),
        decimal(wave.percent()),
        wave.soak().orElse(Duration.ZERO),
        wave.deadline().orElse(Duration.ofDays(1)),
        wave.enoughPercent().orElse(80.0),
        wave.successPercent().orElse(0.0));
  }

  private static ErrorsRequest none() {
    return new ErrorsRequest(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// Without a limit, more than a tenth of at least 20 pauses it.
  private static ErrorLimit limit(ErrorsRequest errors) {
    boolean any = errors.devices().isPresent() || errors.percent().isPresent();
    return new ErrorLimit(
        number(errors.devices()),
        any ? decimal(errors.percent()) : OptionalDouble.of(10),
        errors.minimumSample().orElse(20),
        errors.then().orElse(Reaction.PAUSE));
  }

  private static Gates gate(GatesRequest gates) {
    return new Gates(
        number(gates.selfTestFailures()),
        decimal(gates.latencyPercent()),
        gates.minimumSample().orElse(5),
        gates.required().orElse(false),
        gates.patience().orElse(Duration.ofHours(1)));
  }

  private static Map<FailureClass, Integer> merged(Map<FailureClass, Integer> given) {
    Map<FailureClass, Integer> all = new EnumMap<>(RETRIES);
    all.putAll(given);
    return all;
  }

  private static OptionalInt number(Optional<Integer> number) {
    return number.isPresent() ? OptionalInt.of(number.get()) : OptionalInt.empty();
  }

  private static OptionalDouble decimal(Optional<Double> number) {
    return number.isPresent() ? OptionalDouble.of(number.get()) : OptionalDouble.empty();
  }

  private static void refuse(Check check) {
    if (!check.errors.isEmpty()) {
      throw Problem.invalid(check.errors);
    }
  }
}
