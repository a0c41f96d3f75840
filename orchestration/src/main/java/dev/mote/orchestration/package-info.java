/// Devices and the service speak LwM2M with each other; this is the service's side of it.
///
/// `object` reads what a device says of itself; `update` decides how a package gets onto a device;
/// `lwm2m` is the server.
@NullMarked
package dev.mote.orchestration;

import org.jspecify.annotations.NullMarked;
