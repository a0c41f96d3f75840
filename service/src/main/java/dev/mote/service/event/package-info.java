/// Events: what happened to a tenant's models, jobs, devices and rollouts, for those who watch.
///
/// An event is a row, written in the transaction that makes it true. [EventTail] hands what is new
/// to those who watch a tenant, [EventLog] everything to those who pass it on.
///
/// ```java
/// events.publish(tenant, "rollout.changed", rollout.toString(), Map.of("phase", phase));
/// ```
@NullMarked
package dev.mote.service.event;

import org.jspecify.annotations.NullMarked;
