package dev.mote.service.rollout;

import java.util.Optional;
import java.util.OptionalDouble;

/// Which devices a rollout is for: those that match all that is given.
///
/// @param filter a filter over devices
/// @param group name of a group
/// @param percent share of them, 0 to 100, chosen by a hash of device and seed: with the same seed
///     a larger share contains a smaller one
/// @param seed of that choice; the rollout's own if empty
public record Target(
    Optional<String> filter,
    Optional<String> group,
    OptionalDouble percent,
    Optional<String> seed) {}
