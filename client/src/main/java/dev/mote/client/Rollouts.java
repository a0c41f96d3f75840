package dev.mote.client;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Rollouts. A plan is JSON as the reference of `POST /v1/rollouts` has it.
public final class Rollouts {

  /// What can be done to a rollout.
  public enum Action {
    APPROVE,
    START,
    PAUSE,
    RESUME,
    ABORT,
    ROLLBACK
  }

  private final Wire wire;

  Rollouts(Wire wire) {
    this.wire = wire;
  }

  /// Rollouts, the newest first.
  public Stream<Rollout> list() {
    return Pages.of(wire, "/v1/rollouts", Map.of(), Rollout.class);
  }

  /// Says what a rollout would do.
  public DryRun dryRun(Map<String, Object> plan) {
    return wire.send("POST", "/v1/rollouts/dry-run", plan).as(DryRun.class);
  }

  /// Makes a rollout; nothing happens before it is started.
  public Rollout create(Map<String, Object> plan) {
    return wire.send("POST", "/v1/rollouts", plan).as(Rollout.class);
  }

  /// One rollout.
  public Rollout get(UUID id) {
    return wire.get("/v1/rollouts/" + id, Map.of()).as(Rollout.class);
  }

  /// Devices of a rollout.
  ///
  /// @param state such as `FAILED`; all if empty
  public Stream<RolloutDevice> devices(UUID id, Optional<String> state) {
    return Pages.of(
        wire,
        "/v1/rollouts/" + id + "/devices",
        Map.of("state", state.orElse("")),
        RolloutDevice.class);
  }

  /// Does something to a rollout.
  public Rollout act(UUID id, Action action) {
    String verb = action.name().toLowerCase(java.util.Locale.ROOT);
    return wire.act("POST", "/v1/rollouts/" + id + "/" + verb).as(Rollout.class);
  }
}
