package dev.mote.pipeline.cascade;

import dev.mote.ir.Node;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCost;
import java.util.List;

/// A chain of nodes that run row by row: whenever the rows of a window are complete, the row that
/// they give is computed, the node nearest to the end of the chain first.
///
/// @param stages the nodes, in an order in which they may run
/// @param lines the tensors that they read and write
/// @param pushed index of the line whose rows are handed in one by one, from the top
/// @param streamed whether the application hands these rows in, so that the tensor has no buffer
/// @param strips the patches that it is cut into
/// @param overlaps which tensors the chain's outputs may overlap, and how far behind they stay
public record Cascade(
    List<Stage> stages,
    List<Lines> lines,
    int pushed,
    boolean streamed,
    Strips strips,
    List<Overlap> overlaps) {

  /// Cycles that the schedule takes for each row: `cascade.c` between two calls of `make_row`.
  private static final long ROW_CYCLES = 200;

  public Cascade {
    stages = List.copyOf(stages);
    lines = List.copyOf(lines);
    overlaps = List.copyOf(overlaps);
  }

  /// A tensor as a chain sees it: a window of its rows.
  ///
  /// @param tensor its name
  /// @param home where the rows are
  /// @param rowBytes bytes of a row
  /// @param height rows of the tensor
  /// @param padTop rows of padding before the first, which readers see
  /// @param padBottom rows of padding after the last
  /// @param zero what every byte of a padding row holds
  /// @param capacity rows in memory at the same time
  /// @param producer stage that makes the rows; -1 when they come from outside
  /// @param lastReader last stage that reads them; the producer when none does
  public record Lines(
      String tensor,
      Home home,
      int rowBytes,
      int height,
      int padTop,
      int padBottom,
      int zero,
      int capacity,
      int producer,
      int lastReader) {

    /// Bytes of the rows in memory.
    public int bytes() {
      return capacity * rowBytes;
    }

    /// Rows with padding.
    public int extent() {
      return padTop + height + padBottom;
    }
  }

  /// Where the rows of a tensor are.
  public enum Home {
    /// In the tensor's own buffer, complete.
    TENSOR,
    /// In memory of the chain, while they are needed.
    RING,
    /// In memory of the chain, for no longer than it takes to make the next row of the next node.
    PASSING
  }

  /// A node of a chain.
  ///
  /// @param node the node
  /// @param call computes one row
  /// @param cost of one row; of a collecting stage of all rows
  /// @param readings how it reads its inputs; absent for constants
  /// @param output index of the line that it writes
  /// @param runs how often it runs: rows of its output, or of its input when it collects them
  /// @param collects whether its one row of output is complete after the last run only
  public record Stage(
      Node node,
      KernelCall call,
      KernelCost cost,
      List<Reading> readings,
      int output,
      int runs,
      boolean collects) {
    public Stage {
      readings = List.copyOf(readings);
    }
  }

  /// Rows that a stage reads: for its run `n` those from `start + n * stride` on, padding included.
  ///
  /// @param input index of the node's input
  /// @param lines index of the line
  /// @param start first row of the first window
  /// @param stride rows from one window to the next; 0 for an operand that serves every row
  /// @param rows height of a window
  /// @param skip bytes of a row before the first column that is read; 0 without patches
  public record Reading(int input, int lines, int start, int stride, int rows, int skip) {
    /// First row of run `n`.
    int first(int n) {
      return start + n * stride;
    }

    /// First row behind the window of run `n`.
    int end(int n) {
      return first(n) + rows;
    }
  }

  /// Permission for the buffer of tensor `written` to overlap that of `read`, which the chain uses
  /// up: legal when `offset(written) + distance <= offset(read)`.
  ///
  /// @param distance bytes; ≥ 0
  public record Overlap(String written, String read, int distance) {}

  /// Names of the tensors that the chain reads from buffers of their own.
  public List<String> inputs() {
    return lines.stream()
        .filter(line -> line.producer() < 0 && !(streamed && lines.get(pushed).equals(line)))
        .map(Lines::tensor)
        .toList();
  }

  /// Names of the tensors that are complete after the chain.
  public List<String> outputs() {
    return lines.stream()
        .filter(line -> line.producer() >= 0 && line.home() == Home.TENSOR)
        .map(Lines::tensor)
        .toList();
  }

  /// Estimated cycles of the chain, memories without wait states.
  public long cycles() {
    return cycles(Strips.NONE);
  }

  /// The same if the chain were cut into patches.
  public long cycles(Strips patches) {
    int times = Math.max(strips.count(), patches.count());
    long cycles = 0;
    for (Stage stage : stages) {
      Strips.Columns columns = patches.columns().get(stage.node().output());
      double width = columns == null ? 1 : (double) columns.width() / columns.image();
      long row = stage.cost().cycles();
      long call = Math.min(row, stage.cost().callCycles());
      if (stage.collects()) {
        cycles += row + stage.runs() * (call + ROW_CYCLES);
      } else {
        cycles += (long) times * stage.runs() * (ROW_CYCLES + call + (long) ((row - call) * width));
      }
    }
    return cycles;
  }

  public List<Node> nodes() {
    return stages.stream().map(Stage::node).toList();
  }

  /// Bytes of the counters that the chain keeps while it runs: two for each line, one for each
  /// stage, one for the patch; 16 bits each.
  public int stateBytes() {
    return 2 * (2 * lines.size() + stages.size() + 1);
  }

  /// Memory that the chain needs besides the tensors at its ends, if it is packed without gaps.
  public int workingBytes() {
    return workingBytes(Strips.NONE);
  }

  /// The same if the chain were cut into patches.
  public int workingBytes(Strips patches) {
    int rings = 0;
    for (int i = 0; i < lines.size(); i++) {
      boolean copied = lines.get(i).producer() < 0 && patches.count() > 1;
      if (lines.get(i).home() == Home.RING || copied) {
        rings += bytes(i, patches);
      }
    }
    int most = 0;
    for (int stage = 0; stage < stages.size(); stage++) {
      int bytes = stages.get(stage).collects() ? 0 : stages.get(stage).call().scratchBytes();
      for (int i = 0; i < lines.size(); i++) {
        Lines line = lines.get(i);
        boolean passes = line.home() == Home.PASSING;
        if (passes && line.producer() <= stage && stage <= line.lastReader()) {
          bytes += bytes(i, patches);
        }
      }
      most = Math.max(most, bytes);
    }
    int kept = stages.stream().filter(Stage::collects).mapToInt(s -> s.call().scratchBytes()).sum();
    return rings + most + kept + stateBytes();
  }

  /// Bytes of the rows of line `index` in memory. Where a patch copies rows that the chain reads in
  /// place, those of the highest window.
  private int bytes(int index, Strips patches) {
    Lines line = lines.get(index);
    Strips.Columns columns = patches.columns().get(line.tensor());
    if (columns == null) {
      return line.bytes();
    }
    int rows =
        line.home() == Home.TENSOR
            ? stages.stream()
                .flatMap(stage -> stage.readings().stream())
                .filter(reading -> reading.lines() == index)
                .mapToInt(Reading::rows)
                .max()
                .orElse(1)
            : line.capacity();
    return rows * (line.rowBytes() / columns.image()) * columns.width();
  }
}
