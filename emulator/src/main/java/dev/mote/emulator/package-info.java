/// Runs a compiled model where there is no board: on QEMU's microcontrollers and in this process.
///
/// [ModelRunner] opens the right one for a target; [BoardRunner] also counts instructions and
/// measures stack and flash:
///
/// ```java
/// try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
///   Inference answer = board.run(List.of(inputs), RunOptions.standard()).getFirst();
///   Measurement cost = board.measure(inputs, RunOptions.standard());
/// }
/// ```
///
/// What runs on a board is the emitted C, the target's own compiler flags, and a small harness of
/// ours that reads inputs from a file of the host and writes outputs to another.
@org.jspecify.annotations.NullMarked
package dev.mote.emulator;
