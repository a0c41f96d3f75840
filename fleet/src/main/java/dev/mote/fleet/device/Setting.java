package dev.mote.fleet.device;

import dev.mote.fleet.content.Format;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// What the devices of a fleet have in common.
///
/// @param server where they register
/// @param lifetime of their registrations
/// @param update how often they update these; also how long a sleeping device sleeps
/// @param awake how long a device listens before it sleeps; empty for devices that never sleep
/// @param report how often measurements change; empty for never
/// @param sends whether measurements are sent without being asked for, besides notifications
/// @param confirms whether notifications are confirmable
/// @param usual the format of what is read without saying how
/// @param blockExponent size of the blocks that devices take, see [Block]
/// @param timing how long things take
/// @param faults asked each time, so that they can change
/// @param packages what all know of packages
/// @param tally counts what happens
public record Setting(
    InetSocketAddress server,
    Duration lifetime,
    Duration update,
    Optional<Duration> awake,
    Optional<Duration> report,
    boolean sends,
    boolean confirms,
    Format usual,
    int blockExponent,
    Timing timing,
    Supplier<Faults> faults,
    Packages packages,
    Tally tally) {}
