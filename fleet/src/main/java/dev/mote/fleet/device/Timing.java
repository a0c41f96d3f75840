package dev.mote.fleet.device;

import java.time.Duration;

/// How long things take a device. The first two are times of the network, which passes as it does.
///
/// @param acknowledgement first time after which a confirmable message is sent again (ACK_TIMEOUT)
/// @param attempts how often it is sent again (MAX_RETRANSMIT)
/// @param boot from power to the registration
/// @param installation from the order to install to the restart
public record Timing(Duration acknowledgement, int attempts, Duration boot, Duration installation) {

  /// The standard's transmission parameters, and a quick device.
  public static final Timing STANDARD =
      new Timing(Duration.ofSeconds(2), 4, Duration.ofMillis(200), Duration.ofMillis(300));

  /// For tests: it sends again after 200 ms.
  public static final Timing HASTY =
      new Timing(Duration.ofMillis(200), 4, Duration.ofMillis(50), Duration.ofMillis(50));
}
