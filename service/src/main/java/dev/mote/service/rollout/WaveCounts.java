package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.RolloutEvent;
import dev.mote.service.rollout.machine.Tally;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// How many devices of each wave are in which state: counted along as devices move, and stored
/// where something moved.
final class WaveCounts {

  private final RolloutRows rows;
  private final UUID rollout;
  private final List<Tally> waves;
  private final Set<Integer> changed = new TreeSet<>();

  WaveCounts(RolloutRows rows, UUID rollout) {
    this.rows = rows;
    this.rollout = rollout;
    this.waves = new ArrayList<>(rows.tallies(rollout));
  }

  List<Tally> all() {
    return Collections.unmodifiableList(waves);
  }

  boolean isChanged() {
    return !changed.isEmpty();
  }

  /// So many waves begin without a device.
  void begin(int count) {
    for (int wave = 0; wave < count; wave++) {
      waves.add(Tally.NONE);
      changed.add(wave);
    }
  }

  void add(int wave, DeviceState to, int devices) {
    waves.set(wave, waves.get(wave).plus(to, devices));
    changed.add(wave);
  }

  void move(int wave, DeviceState from, DeviceState to, int devices) {
    add(wave, from, -devices);
    add(wave, to, devices);
  }

  /// @return what the machine is to hear of it; empty when nothing moved
  Optional<RolloutEvent> move(List<Moved> moved, DeviceState to) {
    moved.forEach(one -> move(one.wave(), one.from(), to, one.devices()));
    return moved.isEmpty() ? Optional.empty() : Optional.of(new RolloutEvent.Counted());
  }

  void save() {
    for (int wave : changed) {
      rows.write(rollout, wave, waves.get(wave));
    }
  }
}
