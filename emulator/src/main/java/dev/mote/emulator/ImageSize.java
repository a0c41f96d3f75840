package dev.mote.emulator;

/// What a model adds to a linked program: the difference to the same program with an empty model.
///
/// The C library's functions that only the model calls count as its own.
///
/// @param textBytes machine code, with the constants that the compiler places in it
/// @param readOnlyBytes constant data: weights, tables, unwinding tables
/// @param dataBytes initialised variables, in flash and in RAM; the emitted code has none, library
///     functions may
/// @param zeroedBytes variables that start as zero, in RAM
/// @param weightBytes the model's own constants, contained in `readOnlyBytes`
public record ImageSize(
    long textBytes, long readOnlyBytes, long dataBytes, long zeroedBytes, long weightBytes) {

  /// All that the model takes of the flash.
  public long flashBytes() {
    return textBytes + readOnlyBytes + dataBytes;
  }

  /// Code and tables: the flash without the model's own constants.
  public long codeBytes() {
    return flashBytes() - weightBytes;
  }

  /// Variables in RAM, besides arena and stack.
  public long ramBytes() {
    return dataBytes + zeroedBytes;
  }
}
