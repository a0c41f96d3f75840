/// The LwM2M server that devices speak with, with plain records in and out.
///
/// ```java
/// Gateway gateway = Gateway.start(settings, journal, queue, credentials, packages, event -> …);
/// queue.add(new Queued(id, "board-1", new Request.Read(List.of(NodePath.of("/3/0"))), expires));
/// gateway.wake("board-1");   // the answer comes as queue.answered(id, …) and as an event
/// ```
///
/// What devices say arrives as [DeviceEvent]; what is wanted of them waits as [Request] in a
/// [RequestQueue], one at a time for each device and, for devices that sleep, until they are heard.
/// Nothing of a device is kept here that the journal does not have: a gateway that starts again
/// goes on where the former one stopped.
@NullMarked
package dev.mote.orchestration.gateway;

import org.jspecify.annotations.NullMarked;
