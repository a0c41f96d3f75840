package dev.mote.tflm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/// The plan that TensorFlow Lite Micro's greedy planner makes: buffers from the largest to the
/// smallest, of equal ones the last first, each at the lowest place that is free while it lives.
final class GreedyPlan {

  private static final int ALIGNMENT = 16;

  /// A buffer and when it lives, both ends included.
  record Buffer(long bytes, int first, int last) {
    Buffer {
      bytes = Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    private boolean meets(Buffer other) {
      return first <= other.last && other.first <= last;
    }
  }

  private record Placed(Buffer buffer, long offset) {
    long end() {
      return offset + buffer.bytes();
    }
  }

  private GreedyPlan() {}

  /// Bytes that the buffers take, in the order in which the allocator hands them over.
  static long bytes(List<Buffer> buffers) {
    List<Buffer> ordered = new ArrayList<>(buffers);
    Collections.reverse(ordered);
    ordered.sort(Comparator.comparingLong(Buffer::bytes).reversed());
    List<Placed> placed = new ArrayList<>();
    long most = 0;
    for (Buffer buffer : ordered) {
      Placed here = new Placed(buffer, place(buffer, placed));
      most = Math.max(most, here.end());
      int at = 0;
      while (at < placed.size() && placed.get(at).offset() <= here.offset()) {
        at++;
      }
      placed.add(at, here);
    }
    return most;
  }

  private static long place(Buffer buffer, List<Placed> placed) {
    long candidate = 0;
    for (Placed other : placed) {
      if (other.buffer().meets(buffer)) {
        if (other.offset() - candidate >= buffer.bytes()) {
          break;
        }
        candidate = Math.max(candidate, other.end());
      }
    }
    return candidate;
  }
}
