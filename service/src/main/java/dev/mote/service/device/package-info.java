/// Devices: who they are, what they can do, what is installed on them, and how a module gets there.
///
/// [Devices] answers what is known; [Updates] brings a module onto a device and tells
/// [UpdateListener] how it ended; [FleetListener] hears of everything that changes a device.
///
/// ```java
/// UUID update = updates.begin(tenant, device, module, Optional.empty(), Patience.STANDARD,
///     "rollout:" + rollout);
/// ```
///
/// What lies below is the orchestration protocol: registrations, requests and updates live in
/// PostgreSQL, so that a service that is killed goes on where it was, and a device notices nothing.
@NullMarked
package dev.mote.service.device;

import org.jspecify.annotations.NullMarked;
