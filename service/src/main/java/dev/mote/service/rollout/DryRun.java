package dev.mote.service.rollout;

import dev.mote.service.compilation.Plan;
import java.util.List;

/// What a rollout would do now.
///
/// @param devices how many match
/// @param there how many of them can be spoken to
/// @param unknown how many have not said what they are, so that nothing can be built for them yet
/// @param waves how many are in each wave
/// @param builds what would be built for devices with equal facts, and whether it fits
/// @param some names of the first devices, those of the first waves first
record DryRun(
    int devices,
    int there,
    int unknown,
    List<Integer> waves,
    List<Plan.Planned> builds,
    List<String> some) {}
