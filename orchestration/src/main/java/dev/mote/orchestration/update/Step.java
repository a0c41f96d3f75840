package dev.mote.orchestration.update;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What follows from an event.
///
/// @param next to be stored before anything is sent
/// @param commands to be sent, in order
/// @param wakeAt when [UpdateEvent.TimePassed] is due if nothing else happens; empty when it is
/// over
public record Step(UpdateProgress next, List<UpdateCommand> commands, Optional<Instant> wakeAt) {
  public Step {
    commands = List.copyOf(commands);
  }
}
