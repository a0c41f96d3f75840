/// What comes next in a rollout: a state machine without clock, database or devices.
///
/// The machine sees counts and never a device, so that a rollout to a hundred thousand is as quick
/// to decide about as one to ten. Whoever drives it stores the state, does what the commands say,
/// counts, and comes back with the next event.
///
/// ```java
/// Step step = RolloutMachine.on(plan, state, tallies, new RolloutEvent.Counted(), now);
/// store(step.next()); // then the commands; then wait for an event or step.wakeAt()
/// ```
@NullMarked
package dev.mote.service.rollout.machine;

import org.jspecify.annotations.NullMarked;
