package dev.mote.pipeline.plan;

import java.util.List;

/// Offsets of all buffers.
///
/// @param offsets bytes from the start of the arena, in the order of the requests
/// @param arenaBytes size of the arena
/// @param lowerBoundBytes no plan of these requests with these permits can be smaller
/// @param disjointBoundBytes largest sum of buffers that live at one step: what no plan without
///     overlaps can go below
public record ArenaPlan(
    List<Integer> offsets, int arenaBytes, int lowerBoundBytes, int disjointBoundBytes) {
  public ArenaPlan {
    offsets = List.copyOf(offsets);
  }

  /// Whether the plan is proven to be the smallest.
  public boolean optimal() {
    return arenaBytes == lowerBoundBytes;
  }
}
