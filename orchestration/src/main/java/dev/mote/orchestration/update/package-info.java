/// How a package gets onto a device by LwM2M: over object 5 (firmware) or object 9 (software).
///
/// ```java
/// Step step = UpdateMachine.start(object, delivery, wanted, Patience.STANDARD, now);
/// while (!step.next().isOver()) {
///   save(step.next());                                 // before anything is sent
///   step.commands().forEach(device::send);
///   step = UpdateMachine.on(step.next(), nextEvent(), now());
/// }
/// ```
///
/// [UpdateMachine] is a function: it sends nothing, reads no clock and keeps nothing. What it
/// decides follows from [UpdateProgress], which the caller stores, and from what the device says of
/// itself, never from the order of messages: after a crash of the service or of the device it asks
/// the device for its state and goes on from there.
@NullMarked
package dev.mote.orchestration.update;

import org.jspecify.annotations.NullMarked;
