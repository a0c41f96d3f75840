package dev.mote.fleet.device;

import dev.mote.fleet.line.Network;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// What goes wrong, in shares from 0 to 1. Chance depends on the seed of the fleet and the device
/// alone.
///
/// @param network between devices and server
/// @param powerCut share of downloads in which the power is cut, at a byte anywhere
/// @param selfTest share of devices on which a new module does not pass its self-test
/// @param weakVersions versions that this is about; none for all
/// @param shares of devices that behave badly; the rest is honest
public record Faults(
    Network network,
    double powerCut,
    double selfTest,
    Set<String> weakVersions,
    Map<Behaviour, Double> shares) {

  /// Nothing goes wrong.
  public static final Faults NONE = new Faults(Network.PERFECT, 0, 0, Set.of(), Map.of());

  public Faults {
    weakVersions = Set.copyOf(weakVersions);
    shares = shares.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(shares));
    double sum = 0;
    for (double share : shares.values()) {
      if (!(share >= 0)) {
        throw new IllegalArgumentException("a share is not negative");
      }
      sum += share;
    }
    if (sum > 1 + 1e-9 || !(powerCut >= 0 && powerCut <= 1) || !(selfTest >= 0 && selfTest <= 1)) {
      throw new IllegalArgumentException("shares are from 0 to 1, and those of devices 1 in sum");
    }
  }

  public Faults withNetwork(Network changed) {
    return new Faults(changed, powerCut, selfTest, weakVersions, shares);
  }

  public Faults withPowerCut(double share) {
    return new Faults(network, share, selfTest, weakVersions, shares);
  }

  /// @param versions sequence numbers of the modules that fail, as texts; none for all
  public Faults withSelfTest(double share, String... versions) {
    return new Faults(network, powerCut, share, Set.of(versions), shares);
  }

  /// Whether a module fails on the device of this lot, from 0 to 1.
  boolean failsSelfTest(double lot, String version) {
    return lot < selfTest && (weakVersions.isEmpty() || weakVersions.contains(version));
  }

  public Faults with(Behaviour behaviour, double share) {
    Map<Behaviour, Double> more = new EnumMap<>(Behaviour.class);
    more.putAll(shares);
    more.put(behaviour, share);
    return new Faults(network, powerCut, selfTest, weakVersions, more);
  }

  /// How the device of this lot, from 0 to 1, behaves.
  public Behaviour behaviour(double lot) {
    double left = lot;
    for (Map.Entry<Behaviour, Double> each : shares.entrySet()) {
      left -= each.getValue();
      if (left < 0) {
        return each.getKey();
      }
    }
    return Behaviour.HONEST;
  }
}
