/// MQTT as a second way for fleets that have a broker: telemetry of devices in, events of the
/// service out.
///
/// The service is a client of the broker. Which device may write to which topic is the broker's to
/// check; what comes in is taken for the device that the topic names.
@NullMarked
package dev.mote.service.mqtt;

import org.jspecify.annotations.NullMarked;
