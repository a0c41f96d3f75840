package dev.mote.pipeline.plan;

/// How far layers run row by row, in chains, and patch by patch.
public sealed interface Chaining {

  /// Not at all, but for what a streamed input needs.
  record None() implements Chaining {}

  /// As far as it makes the arena smaller.
  ///
  /// @param slowDown most estimated cycles that this may add, in parts of the whole; no limit for
  /// an
  ///     instruction set without a cost table
  record Smallest(double slowDown) implements Chaining {}

  /// No further than it takes to bring the arena down to a limit; where that cannot be reached, as
  /// near as it can.
  ///
  /// @param arenaBytes the limit
  record Within(long arenaBytes) implements Chaining {}

  /// In patches wherever a chain can be cut: to try that out.
  ///
  /// @param patches number of patches
  record Patched(int patches) implements Chaining {}
}
