package dev.mote.service.rollout.machine;

/// What people can do to a rollout.
public enum Action {
  APPROVE,
  START,
  PAUSE,
  RESUME,
  ABORT,
  ROLL_BACK;

  /// Whether it makes sense in this phase.
  public boolean isPossible(Phase phase) {
    return switch (this) {
      case APPROVE -> phase == Phase.AWAITING_APPROVAL;
      case START -> phase == Phase.CREATED;
      case PAUSE -> phase == Phase.RUNNING || phase == Phase.SCHEDULED;
      case RESUME -> phase == Phase.PAUSED;
      case ABORT -> !phase.isOver() && phase != Phase.STOPPING && phase != Phase.ROLLING_BACK;
      case ROLL_BACK ->
          phase == Phase.RUNNING
              || phase == Phase.PAUSED
              || phase == Phase.STOPPING
              || phase.isOver() && phase != Phase.ROLLED_BACK;
    };
  }
}
