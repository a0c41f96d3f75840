/// What devices measure and tell: stored as it comes, summed up by the hour, shown as series.
///
/// Values reach [MeasurementListener][dev.mote.service.device.MeasurementListener] from the network
/// and are written together a few times a second. For a rollout, [Reports] says how the updated
/// devices do.
@NullMarked
package dev.mote.service.telemetry;

import org.jspecify.annotations.NullMarked;
