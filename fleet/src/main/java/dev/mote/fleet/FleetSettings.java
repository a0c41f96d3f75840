package dev.mote.fleet;

import dev.mote.fleet.content.Format;
import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Packages;
import dev.mote.fleet.device.Profile;
import dev.mote.fleet.device.Timing;
import dev.mote.module.TrustList;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a fleet is made of.
///
/// @param server where devices register: `coap://HOST:PORT`, or `coaps://…` with `keys`
/// @param devices how many; a socket each, so that no more than the limit of open files allows
/// @param prefix of their endpoint names; the index follows, in five digits
/// @param profiles what they are, in turn
/// @param lifetime of their registrations
/// @param update how often they update these, and wake up when they sleep
/// @param awake how long a device listens before it sleeps; empty when none sleeps
/// @param report how often measurements change; empty for never
/// @param sends whether measurements are sent to `/dp`, besides notifications
/// @param confirms whether notifications are confirmable
/// @param usual format of what is read without saying how
/// @param blockExponent size of blocks, as 2^(exponent + 4) bytes; 0 to 6
/// @param timing how long things take
/// @param registrationsPerSecond how fast they come at the start
/// @param faults what goes wrong
/// @param trust who may sign modules; empty to take any package without a check
/// @param selfTest runs golden vectors
/// @param keys pre-shared keys, for `coaps`
/// @param threads that serve them
/// @param seed of all chance
public record FleetSettings(
    URI server,
    int devices,
    String prefix,
    List<Profile> profiles,
    Duration lifetime,
    Duration update,
    Optional<Duration> awake,
    Optional<Duration> report,
    boolean sends,
    boolean confirms,
    Format usual,
    int blockExponent,
    Timing timing,
    int registrationsPerSecond,
    Faults faults,
    Optional<TrustList> trust,
    Packages.SelfTest selfTest,
    Optional<PskKeys> keys,
    int threads,
    long seed) {

  private static final int MOST_DEVICES = 1_000_000;

  public FleetSettings {
    profiles = List.copyOf(profiles);
    if (devices < 1 || devices > MOST_DEVICES || threads < 1 || registrationsPerSecond < 1) {
      throw new IllegalArgumentException(
          "there are 1 to %,d devices, and at least one thread and one registration a second"
              .formatted(MOST_DEVICES));
    }
    if (profiles.isEmpty() || blockExponent < 0 || blockExponent > 6) {
      throw new IllegalArgumentException("there is a profile, and blocks have 16 to 1024 bytes");
    }
    if (update.compareTo(lifetime) >= 0) {
      throw new IllegalArgumentException("a registration is updated before its lifetime ends");
    }
    if (!List.of("coap", "coaps").contains(server.getScheme()) || server.getHost() == null) {
      throw new IllegalArgumentException("the server is coap://HOST:PORT or coaps://HOST:PORT");
    }
    if (server.getScheme().equals("coaps") != keys.isPresent()) {
      throw new IllegalArgumentException("coaps needs pre-shared keys, and coap takes none");
    }
  }

  /// Honest devices of this machine's kind, awake all the time, over a perfect network.
  ///
  /// @param server `coap://HOST:PORT`
  public static FleetSettings of(URI server, int devices) {
    return of(server, devices, Optional.empty());
  }

  /// The same over DTLS.
  ///
  /// @param server `coaps://HOST:PORT`
  public static FleetSettings of(URI server, int devices, PskKeys keys) {
    return of(server, devices, Optional.of(keys));
  }

  private static FleetSettings of(URI server, int devices, Optional<PskKeys> keys) {
    return new FleetSettings(
        server,
        devices,
        "virtual-",
        List.of(Profile.host()),
        Duration.ofMinutes(5),
        Duration.ofMinutes(4),
        Optional.empty(),
        Optional.empty(),
        false,
        true,
        Format.SENML_CBOR,
        6,
        Timing.STANDARD,
        1_000,
        Faults.NONE,
        Optional.empty(),
        Packages.SelfTest.NONE,
        keys,
        2,
        1);
  }

  /// The endpoint of a device.
  public String endpoint(int index) {
    return endpoint(prefix, index);
  }

  static String endpoint(String prefix, int index) {
    return prefix + "%05d".formatted(index);
  }

  public FleetSettings withPrefix(String text) {
    return new FleetSettings(
        server,
        devices,
        text,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  public FleetSettings withProfiles(Profile... kinds) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        List.of(kinds),
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  /// @param every how often registrations are updated, or devices wake up
  public FleetSettings withLifetime(Duration longest, Duration every) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        longest,
        every,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  /// Devices that sleep between updates of their registration, after listening this long.
  public FleetSettings withSleep(Duration listening) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        Optional.of(listening),
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  /// @param unasked whether measurements are sent to `/dp` as well
  public FleetSettings withReports(Duration every, boolean unasked) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        Optional.of(every),
        unasked,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  public FleetSettings withConfirmable(boolean notifications) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        notifications,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  public FleetSettings withUsual(Format format) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        format,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  public FleetSettings withBlocks(int exponent) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        exponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  public FleetSettings withTiming(Timing times) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        times,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  public FleetSettings withRate(int perSecond) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        perSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  public FleetSettings withFaults(Faults wrong) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        wrong,
        trust,
        selfTest,
        keys,
        threads,
        seed);
  }

  /// Devices that check modules as a device does.
  public FleetSettings withChecks(TrustList keysOfVendors, Packages.SelfTest test) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        Optional.of(keysOfVendors),
        test,
        keys,
        threads,
        seed);
  }

  public FleetSettings withThreads(int count) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        count,
        seed);
  }

  public FleetSettings withSeed(long number) {
    return new FleetSettings(
        server,
        devices,
        prefix,
        profiles,
        lifetime,
        update,
        awake,
        report,
        sends,
        confirms,
        usual,
        blockExponent,
        timing,
        registrationsPerSecond,
        faults,
        trust,
        selfTest,
        keys,
        threads,
        number);
  }
}
