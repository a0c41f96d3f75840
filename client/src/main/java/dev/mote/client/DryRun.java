package dev.mote.client;

import java.util.List;

/// What a rollout would do now.
///
/// @param devices how many match
/// @param there how many of them can be spoken to
/// @param unknown how many have not said what they are
/// @param waves how many are in each wave
/// @param some names of the first devices
public record DryRun(
    int devices,
    int there,
    int unknown,
    List<Integer> waves,
    List<PlannedBuild> builds,
    List<String> some) {}
