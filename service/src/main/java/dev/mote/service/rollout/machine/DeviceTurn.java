package dev.mote.service.rollout.machine;

import dev.mote.orchestration.update.FailureClass;
import java.time.Duration;
import java.util.Optional;

/// What becomes of one device when an update of it ends.
///
/// @param next where it is then
/// @param again pause before it is tried again
public record DeviceTurn(DeviceState next, Optional<Duration> again) {

  private static final int MOST_RETURNS = 3;

  /// How an update ended.
  public enum Outcome {
    SUCCEEDED,
    FAILED,
    /// Called back by the rollout.
    RECALLED,
    /// Cancelled by somebody else.
    CANCELLED
  }

  /// The end of an update that brings the new module.
  ///
  /// @param phase of the rollout
  /// @param attempt number of the update, from 1
  /// @param hadOne whether the device ran a module before
  /// @param failure why, if it failed
  public static DeviceTurn updated(
      RolloutPlan plan,
      Phase phase,
      int attempt,
      boolean hadOne,
      Outcome outcome,
      Optional<FailureClass> failure) {
    boolean goesBack = phase == Phase.ROLLING_BACK || phase == Phase.ROLLED_BACK;
    boolean goesOn = phase == Phase.RUNNING || phase == Phase.PAUSED;
    return switch (outcome) {
      case SUCCEEDED -> to(goesBack && hadOne ? DeviceState.RETURNING : DeviceState.SUCCEEDED);
      case RECALLED ->
          to(
              goesOn
                  ? DeviceState.WAITING
                  : goesBack && hadOne ? DeviceState.RETURNING : DeviceState.SKIPPED);
      case CANCELLED -> to(goesBack && hadOne ? DeviceState.RETURNING : DeviceState.SKIPPED);
      case FAILED -> {
        Optional<Duration> again =
            goesOn ? failure.flatMap(kind -> plan.retry(kind, attempt)) : Optional.empty();
        yield again.isPresent()
            ? new DeviceTurn(DeviceState.WAITING, again)
            : to(
                goesBack && isToReturn(DeviceState.FAILED, hadOne, isDoubtful(outcome, failure))
                    ? DeviceState.RETURNING
                    : DeviceState.FAILED);
      }
    };
  }

  /// The end of an update that brings the former module back.
  public static DeviceTurn returned(
      RolloutPlan plan, int attempt, Outcome outcome, Optional<FailureClass> failure) {
    return switch (outcome) {
      case SUCCEEDED -> to(DeviceState.RETURNED);
      case RECALLED, CANCELLED -> to(DeviceState.NOT_RETURNED);
      case FAILED ->
          attempt < MOST_RETURNS && failure.map(FailureClass::isRetryable).orElse(false)
              ? new DeviceTurn(
                  DeviceState.RETURNING,
                  Optional.of(plan.retryAfter().multipliedBy(1L << (attempt - 1))))
              : to(DeviceState.NOT_RETURNED);
    };
  }

  /// Whether a device gets back what it had when the rollout goes back: where it is sure or
  /// possible that the new module runs. A device that says no has stayed with what it had, or gone
  /// back itself.
  public static boolean isToReturn(DeviceState state, boolean hadOne, boolean doubtful) {
    return hadOne
        && switch (state) {
          case SUCCEEDED -> true;
          case FAILED, SKIPPED -> doubtful;
          case WAITING, RUNNING, RETURNING, GOING_BACK, RETURNED, NOT_RETURNED -> false;
        };
  }

  /// Whether the new module may run though its update did not succeed.
  public static boolean isDoubtful(Outcome outcome, Optional<FailureClass> failure) {
    return switch (outcome) {
      case SUCCEEDED -> false;
      case RECALLED, CANCELLED -> true;
      case FAILED ->
          switch (failure.orElse(FailureClass.TIMEOUT)) {
            case TRANSPORT, TIMEOUT, FORGOTTEN, MISBEHAVIOUR -> true;
            case INTEGRITY, STORAGE, UNSUPPORTED, REJECTED -> false;
          };
    };
  }

  /// No further try.
  public static DeviceTurn to(DeviceState state) {
    return new DeviceTurn(state, Optional.empty());
  }
}
