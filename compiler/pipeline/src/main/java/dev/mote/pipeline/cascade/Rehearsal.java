package dev.mote.pipeline.cascade;

import dev.mote.pipeline.cascade.Cascade.Home;
import dev.mote.pipeline.cascade.Cascade.Lines;
import dev.mote.pipeline.cascade.Cascade.Reading;
import dev.mote.pipeline.cascade.Cascade.Stage;
import java.util.Arrays;
import java.util.List;

/// The schedule of a chain, run at compile time without its arithmetic, by the same rules as
/// `cascade.h` runs it on the device: after every row that is handed in, the last stage whose
/// windows
/// are complete runs, until none is.
final class Rehearsal {

  private final List<Stage> stages;
  private final List<Lines> lines;
  private final int pushed;
  private final int[] first;
  private final int[] end;
  private final int[] next;
  private final int[] capacity;
  private final boolean[] passes;
  private final int[][] distance;
  private int handedIn;
  private int waiting = -1;
  private boolean aligned = true;

  private Rehearsal(List<Stage> stages, List<Lines> lines, int pushed) {
    this.stages = stages;
    this.lines = lines;
    this.pushed = pushed;
    this.first = new int[lines.size()];
    this.end = new int[lines.size()];
    this.next = new int[stages.size()];
    this.capacity = new int[lines.size()];
    this.passes = new boolean[lines.size()];
    this.distance = new int[lines.size()][lines.size()];
    for (int[] row : distance) {
      Arrays.fill(row, 0);
    }
    Arrays.fill(passes, true);
  }

  /// Runs the schedule once.
  static Rehearsal of(List<Stage> stages, List<Lines> lines, int pushed) {
    Rehearsal rehearsal = new Rehearsal(stages, lines, pushed);
    rehearsal.run();
    return rehearsal;
  }

  /// Whether every row of every output was made.
  boolean complete() {
    for (int stage = 0; stage < stages.size(); stage++) {
      if (next[stage] != stages.get(stage).runs()) {
        return false;
      }
    }
    return true;
  }

  /// Most rows of line `index` that were needed at one time.
  int capacity(int index) {
    return Math.max(1, capacity[index]);
  }

  /// Whether each row of line `index` was used up by the stage that ran next, its only reader.
  boolean passes(int index) {
    return passes[index] && capacity[index] == 1;
  }

  /// Whether all windows and rows began at addresses that kernels take, given the capacities that
  /// the lines had.
  boolean aligned() {
    return aligned;
  }

  /// Bytes by which rows of output `written` must stay behind input `read`.
  int distance(int written, int read) {
    return distance[written][read];
  }

  private void run() {
    for (int i = 0; i < lines.size(); i++) {
      Lines line = lines.get(i);
      boolean whole = line.producer() < 0 && i != pushed;
      end[i] = whole ? line.extent() : line.padTop();
      capacity[i] = end[i];
    }
    for (int row = 0; row < lines.get(pushed).height(); row++) {
      handedIn = row + 1;
      append(pushed);
      settle();
    }
  }

  private void settle() {
    int stage = stages.size() - 1;
    while (stage >= 0) {
      if (ready(stage)) {
        fire(stage);
        stage = lines.get(stages.get(stage).output()).lastReader();
      } else {
        stage--;
      }
    }
  }

  private boolean ready(int stage) {
    if (next[stage] == stages.get(stage).runs()) {
      return false;
    }
    for (Reading reading : stages.get(stage).readings()) {
      Lines line = lines.get(reading.lines());
      while (end[reading.lines()] < reading.end(next[stage])) {
        boolean imageComplete = end[reading.lines()] >= line.padTop() + line.height();
        if (!imageComplete || end[reading.lines()] == line.extent()) {
          return false;
        }
        append(reading.lines());
      }
    }
    return true;
  }

  private void fire(int stage) {
    Stage s = stages.get(stage);
    boolean handedOver = false;
    for (Reading reading : s.readings()) {
      Lines line = lines.get(reading.lines());
      int offset = (reading.first(next[stage]) - first[reading.lines()]) * line.rowBytes();
      aligned &= offset % 4 == 0;
      handedOver |= reading.lines() == waiting;
    }
    if (waiting >= 0 && !handedOver) {
      passes[waiting] = false;
    }
    waiting = -1;
    boolean finishes = !s.collects() || next[stage] + 1 == s.runs();
    if (finishes) {
      measureDistances(stage);
      int row = end[s.output()];
      append(s.output());
      aligned &= (row - first[s.output()]) * lines.get(s.output()).rowBytes() % 4 == 0;
      waiting = s.output();
    }
    next[stage]++;
  }

  private void append(int index) {
    int needed = Math.min(needed(index), end[index]);
    capacity[index] = Math.max(capacity[index], end[index] + 1 - needed);
    int held = end[index] - first[index];
    if (held == lines.get(index).capacity()) {
      first[index] = needed;
    }
    end[index]++;
  }

  /// The first row of line `index` that a stage still reads.
  private int needed(int index) {
    int needed = Integer.MAX_VALUE;
    for (int stage = 0; stage < stages.size(); stage++) {
      if (next[stage] < stages.get(stage).runs()) {
        for (Reading reading : stages.get(stage).readings()) {
          if (reading.lines() == index) {
            needed = Math.min(needed, reading.first(next[stage]));
          }
        }
      }
    }
    return needed;
  }

  /// Stage `stage` is about to write a row: how far is each input used up?
  private void measureDistances(int stage) {
    int written = stages.get(stage).output();
    Lines output = lines.get(written);
    if (output.home() != Home.TENSOR) {
      return;
    }
    int bytes = (end[written] + 1) * output.rowBytes();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).producer() < 0) {
        boolean copied = lines.get(i).home() != Home.TENSOR;
        int height = lines.get(i).height();
        int used = copied ? handedIn : Math.min(needed(i), height);
        distance[written][i] =
            Math.max(distance[written][i], bytes - used * lines.get(i).rowBytes());
      }
    }
  }
}
