package dev.mote.service.rollout.machine;

import java.time.Instant;
import java.util.Optional;

/// How far a rollout is, but for its counts.
///
/// @param phase where it is
/// @param stage what it does while it runs; kept over a pause
/// @param wave index of the present wave
/// @param stageSince when the stage began
/// @param lastBegun when the wave's clock was last set: an update began, a window opened, or it was
/// resumed
/// @param begun most devices of the wave and those before that were seen begun
/// @param minute the minute that `inMinute` counts in
/// @param inMinute updates begun in it
/// @param failedBefore failures that a person has accepted by resuming
/// @param answeredBefore answers up to then
/// @param acceptedWave the wave that this was in
/// @param failedInWave the same for that wave
/// @param answeredInWave the same for that wave
/// @param gateAsked whether telemetry was asked at the end of this soak
/// @param gateFailed whether telemetry is why it does not go on
/// @param recalled whether running updates were called back since the window closed
/// @param endAs how it ends when nothing runs any more
/// @param reason why it is in its phase, in words; may be empty
public record RolloutState(
    Phase phase,
    Stage stage,
    int wave,
    Instant stageSince,
    Instant lastBegun,
    int begun,
    Instant minute,
    int inMinute,
    int failedBefore,
    int answeredBefore,
    int acceptedWave,
    int failedInWave,
    int answeredInWave,
    boolean gateAsked,
    boolean gateFailed,
    boolean recalled,
    Optional<Phase> endAs,
    String reason) {

  /// A rollout that nobody started.
  public static RolloutState fresh(RolloutPlan plan, Instant now) {
    return new RolloutState(
        plan.approval() ? Phase.AWAITING_APPROVAL : Phase.CREATED,
        Stage.PREPARING,
        0,
        now,
        now,
        0,
        now,
        0,
        0,
        0,
        -1,
        0,
        0,
        false,
        false,
        false,
        Optional.empty(),
        plan.approval() ? "waits for the approval of a second person" : "");
  }
}
