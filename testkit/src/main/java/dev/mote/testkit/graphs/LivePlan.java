package dev.mote.testkit.graphs;

import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Buffer;
import java.util.ArrayList;
import java.util.List;

/// What must hold for the memory plan of every model: buffers lie in the arena, and those that live
/// at one moment share no bytes, unless one is written while the other is used up, far enough
/// behind.
final class LivePlan {

  private LivePlan() {}

  /// What does not hold for `model`.
  static List<String> violations(CompiledModel model) {
    List<String> violations = new ArrayList<>();
    List<Buffer> buffers = model.buffers();
    for (int i = 0; i < buffers.size(); i++) {
      Buffer a = buffers.get(i);
      if (a.offset() < 0 || a.offset() + a.bytes() > model.arenaBytes()) {
        violations.add(a + " is not in the arena of " + model.arenaBytes());
      }
      for (int j = i + 1; j < buffers.size(); j++) {
        Buffer b = buffers.get(j);
        boolean alive = a.firstMoment() <= b.lastMoment() && b.firstMoment() <= a.lastMoment();
        boolean overlap =
            a.offset() < b.offset() + b.bytes() && b.offset() < a.offset() + a.bytes();
        if (alive && overlap && !permitted(model, i, j) && !permitted(model, j, i)) {
          violations.add(a + " and " + b + " share bytes");
        }
      }
    }
    return violations;
  }

  /// Whether buffers share bytes while both live.
  static boolean overlaps(CompiledModel model) {
    List<Buffer> buffers = model.buffers();
    return model.permits().stream()
        .anyMatch(
            p -> {
              Buffer w = buffers.get(p.written());
              Buffer r = buffers.get(p.read());
              return w.offset() < r.offset() + r.bytes() && r.offset() < w.offset() + w.bytes();
            });
  }

  private static boolean permitted(CompiledModel model, int written, int read) {
    Buffer w = model.buffers().get(written);
    Buffer r = model.buffers().get(read);
    return w.firstLayer() == r.lastLayer()
        && !w.scratch()
        && !r.scratch()
        && model.permits().stream()
            .filter(p -> p.written() == written && p.read() == read)
            .anyMatch(
                p ->
                    p.exact() ? w.offset() == r.offset() : w.offset() + p.distance() <= r.offset());
  }
}
