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
import java.util.function.Consumer;

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
    return new Draft(server, devices, keys).settings();
  }

  /// The endpoint of a device.
  public String endpoint(int index) {
    return endpoint(prefix, index);
  }

  static String endpoint(String prefix, int index) {
    return prefix + "%05d".formatted(index);
  }

  public FleetSettings withPrefix(String text) {
    return with(draft -> draft.prefix = text);
  }

  public FleetSettings withProfiles(Profile... kinds) {
    return with(draft -> draft.profiles = List.of(kinds));
  }

  /// @param every how often registrations are updated, or devices wake up
  public FleetSettings withLifetime(Duration longest, Duration every) {
    return with(
        draft -> {
          draft.lifetime = longest;
          draft.update = every;
        });
  }

  /// Devices that sleep between updates of their registration, after listening this long.
  public FleetSettings withSleep(Duration listening) {
    return with(draft -> draft.awake = Optional.of(listening));
  }

  /// @param unasked whether measurements are sent to `/dp` as well
  public FleetSettings withReports(Duration every, boolean unasked) {
    return with(
        draft -> {
          draft.report = Optional.of(every);
          draft.sends = unasked;
        });
  }

  public FleetSettings withConfirmable(boolean notifications) {
    return with(draft -> draft.confirms = notifications);
  }

  public FleetSettings withUsual(Format format) {
    return with(draft -> draft.usual = format);
  }

  public FleetSettings withBlocks(int exponent) {
    return with(draft -> draft.blockExponent = exponent);
  }

  public FleetSettings withTiming(Timing times) {
    return with(draft -> draft.timing = times);
  }

  public FleetSettings withRate(int perSecond) {
    return with(draft -> draft.registrationsPerSecond = perSecond);
  }

  public FleetSettings withFaults(Faults wrong) {
    return with(draft -> draft.faults = wrong);
  }

  /// Devices that check modules as a device does.
  public FleetSettings withChecks(TrustList keysOfVendors, Packages.SelfTest test) {
    return with(
        draft -> {
          draft.trust = Optional.of(keysOfVendors);
          draft.selfTest = test;
        });
  }

  public FleetSettings withThreads(int count) {
    return with(draft -> draft.threads = count);
  }

  public FleetSettings withSeed(long number) {
    return with(draft -> draft.seed = number);
  }

  private FleetSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /// The same, to be changed.
  private static final class Draft {

    private final URI server;
    private final int devices;
    private final Optional<PskKeys> keys;
    private String prefix = "virtual-";
    private List<Profile> profiles = List.of(Profile.host());
    private Duration lifetime = Duration.ofMinutes(5);
    private Duration update = Duration.ofMinutes(4);
    private Optional<Duration> awake = Optional.empty();
    private Optional<Duration> report = Optional.empty();
    private boolean sends;
    private boolean confirms = true;
    private Format usual = Format.SENML_CBOR;
    private int blockExponent = 6;
    private Timing timing = Timing.STANDARD;
    private int registrationsPerSecond = 1_000;
    private Faults faults = Faults.NONE;
    private Optional<TrustList> trust = Optional.empty();
    private Packages.SelfTest selfTest = Packages.SelfTest.NONE;
    private int threads = 2;
    private long seed = 1;

    private Draft(URI server, int devices, Optional<PskKeys> keys) {
      this.server = server;
      this.devices = devices;
      this.keys = keys;
    }

    private Draft(FleetSettings from) {
      this(from.server, from.devices, from.keys);
      prefix = from.prefix;
      profiles = from.profiles;
      lifetime = from.lifetime;
      update = from.update;
      awake = from.awake;
      report = from.report;
      sends = from.sends;
      confirms = from.confirms;
      usual = from.usual;
      blockExponent = from.blockExponent;
      timing = from.timing;
      registrationsPerSecond = from.registrationsPerSecond;
      faults = from.faults;
      trust = from.trust;
      selfTest = from.selfTest;
      threads = from.threads;
      seed = from.seed;
    }

    private FleetSettings settings() {
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
          seed);
    }
  }
}
