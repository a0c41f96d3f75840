package dev.mote.service.rollout.machine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What follows from an event.
///
/// @param next to be stored
/// @param commands to be carried out in the same transaction, in order
/// @param notes decisions in words, for the rollout's history
/// @param wakeAt when [RolloutEvent.TimePassed] is due if nothing else happens
public record Step(
    RolloutState next,
    List<RolloutCommand> commands,
    List<String> notes,
    Optional<Instant> wakeAt) {
  public Step {
    commands = List.copyOf(commands);
    notes = List.copyOf(notes);
  }
}
