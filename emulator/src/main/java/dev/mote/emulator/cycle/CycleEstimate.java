package dev.mote.emulator.cycle;

/// Estimated cycles.
///
/// @param core cycles of the core, all memories without wait states
/// @param fetchStalls cycles that it waits for code from flash
/// @param dataStalls cycles that it waits for constants from flash
/// @param codeBytes bytes of instructions that were executed
/// @param flashBytes bytes of constants that were loaded from flash
public record CycleEstimate(
    long core, long fetchStalls, long dataStalls, long codeBytes, long flashBytes) {

  /// All cycles.
  public long total() {
    return core + fetchStalls + dataStalls;
  }
}
