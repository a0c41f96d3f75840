package dev.mote.testkit.graphs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Buffer;
import java.util.List;

/// What must hold for the memory plan of every model.
final class LivePlan {

  private LivePlan() {}

  /// Buffers lie in the arena, and those that live at one moment share no bytes, unless one is
  /// written
  /// while the other is used up, far enough behind.
  static void check(String source, CompiledModel model) {
    List<Buffer> buffers = model.buffers();
    for (int i = 0; i < buffers.size(); i++) {
      Buffer a = buffers.get(i);
      assertThat(a.offset() + a.bytes()).as(source).isLessThanOrEqualTo(model.arenaBytes());
      for (int j = i + 1; j < buffers.size(); j++) {
        Buffer b = buffers.get(j);
        boolean alive = a.firstMoment() <= b.lastMoment() && b.firstMoment() <= a.lastMoment();
        boolean overlap =
            a.offset() < b.offset() + b.bytes() && b.offset() < a.offset() + a.bytes();
        if (alive && overlap) {
          assertThat(permitted(model, i, j) || permitted(model, j, i))
              .as("%s (%s): %s and %s", source, model.optimize(), a, b)
              .isTrue();
        }
      }
    }
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
