/// Groups of devices: those that people put together, and those that a filter keeps together.
///
/// Who is in a group stands with the device, so that filters and rollouts ask no other table. A
/// group with a filter is filled once when it is made; from then on each change of a device decides
/// about that device alone.
@NullMarked
package dev.mote.service.device.group;

import org.jspecify.annotations.NullMarked;
