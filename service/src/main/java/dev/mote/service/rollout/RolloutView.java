package dev.mote.service.rollout;

import dev.mote.orchestration.update.Delivery;
import dev.mote.service.rollout.machine.Phase;
import dev.mote.service.rollout.machine.RolloutPlan;
import dev.mote.service.rollout.machine.Stage;
import dev.mote.service.rollout.machine.Tally;
import dev.mote.service.rollout.machine.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A rollout as it is shown.
///
/// @param stage what it does while it runs
/// @param wave number of the present wave, from 1
/// @param reason why it is in its phase
/// @param waitsFor what it waits for, sentences
/// @param counts of all devices by state
/// @param waves counts of each wave
record RolloutView(
    UUID id,
    String name,
    UUID version,
    Target target,
    Phase phase,
    Optional<Stage> stage,
    int wave,
    String reason,
    List<String> waitsFor,
    Tally counts,
    List<WaveView> waves,
    RolloutPlan plan,
    Map<String, Object> options,
    Optional<Delivery> delivery,
    Instant created,
    String createdBy,
    Optional<String> approvedBy,
    Optional<Instant> started,
    Optional<Instant> ended) {

  /// @param number from 1
  record WaveView(int number, String name, Tally counts) {}

  static RolloutView of(Rollout rollout, List<Tally> tallies, Instant now) {
    List<WaveView> waves = new ArrayList<>();
    for (int i = 0; i < tallies.size(); i++) {
      waves.add(new WaveView(i + 1, rollout.plan().wave(i).name(), tallies.get(i)));
    }
    return new RolloutView(
        rollout.id(),
        rollout.name(),
        rollout.version(),
        rollout.target(),
        rollout.state().phase(),
        rollout.state().phase() == Phase.RUNNING
            ? Optional.of(rollout.state().stage())
            : Optional.empty(),
        rollout.state().wave() + 1,
        rollout.state().reason(),
        Waiting.of(rollout.plan(), rollout.state(), tallies, now),
        Tally.sum(tallies),
        waves,
        rollout.plan(),
        rollout.options().json(),
        rollout.delivery(),
        rollout.created(),
        rollout.creator(),
        rollout.approver(),
        rollout.started(),
        rollout.ended());
  }
}
