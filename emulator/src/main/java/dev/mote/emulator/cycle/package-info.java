/// Estimates cycles from what an emulated program executed.
///
/// [CycleModel] knows cores and memories; [ExecutedBlock]s of [Opcode]s are what it judges:
///
/// ```java
/// CycleEstimate estimate = CycleModel.of(target).estimate(blocks, program);
/// double milliseconds = 1e3 * estimate.total() / target.clockHz();
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.emulator.cycle;
