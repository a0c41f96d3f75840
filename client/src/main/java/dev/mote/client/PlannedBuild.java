package dev.mote.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A build that devices would need, or why there is none.
///
/// @param facts of the devices
/// @param devices how many have them
/// @param fits whether they get a module; an estimate while nothing is built
/// @param explanation sentences
/// @param module if it is built already
public record PlannedBuild(
    Map<String, Object> facts,
    int devices,
    boolean fits,
    Optional<String> target,
    Optional<String> compiler,
    Optional<String> kind,
    List<String> explanation,
    Optional<UUID> build,
    Optional<UUID> module) {}
