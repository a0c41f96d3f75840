/// Devices and the service speak LwM2M with each other; this is the service's side of it.
///
/// `gateway` is the server that devices register with, `bootstrap` the one that tells new devices
/// where that is; `object` reads what a device says of itself; `update` decides how a package gets
/// onto a device; `lwm2m` keeps registrations when a server ends.
@NullMarked
package dev.mote.orchestration;

import org.jspecify.annotations.NullMarked;
