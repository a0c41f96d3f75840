package dev.mote.pipeline.plan;

/// Memory that must keep its contents during a range of steps.
///
/// @param name tensor that it holds, or the step that it is scratch memory for
/// @param bytes size; ≥ 0
/// @param alignment of its first byte; a power of two
/// @param first first step that writes it; -1 when it is filled before the first
/// @param last last step that reads it
/// @param scratch whether it is a kernel's scratch memory
public record BufferRequest(
    String name, int bytes, int alignment, int first, int last, boolean scratch) {

  public BufferRequest {
    if (bytes < 0 || first > last || Integer.bitCount(alignment) != 1) {
      throw new IllegalArgumentException(
          "illegal buffer '%s': %d bytes, steps %d to %d, alignment %d"
              .formatted(name, bytes, first, last, alignment));
    }
  }

  boolean livesAt(int step) {
    return first <= step && step <= last;
  }

  boolean livesWith(BufferRequest other) {
    return first <= other.last && other.first <= last;
  }

  int aligned(int offset) {
    return (offset + alignment - 1) & -alignment;
  }
}
