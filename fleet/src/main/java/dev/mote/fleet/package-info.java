/// Virtual devices: thousands of them in one process speak LwM2M 1.1 over UDP or DTLS to a server,
/// take packages, and fail in the ways that are asked for.
///
/// ```java
/// FleetSettings settings = FleetSettings.of(URI.create("coap://localhost:5683"), 100)
///     .withFaults(Faults.NONE.withNetwork(Network.lossy(0.2)));
/// try (Fleet fleet = Fleet.start(settings)) {
///   fleet.await(Duration.ofSeconds(30), f -> f.registered() == 100);
///   fleet.device(7).cutPower();
/// }
/// ```
///
/// `coap` and `content` are the protocol, `line` the network, `device` the devices, `load` a
/// generator of load.
@NullMarked
package dev.mote.fleet;

import org.jspecify.annotations.NullMarked;
