package dev.mote.cli;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/// One line that says how far a long work is; rewritten in place, gone at the end.
final class Progress implements AutoCloseable {

  private static final int BAR = 24;
  private static final long MILLISECONDS_BETWEEN_DRAWINGS = 100;

  private final @Nullable PrintStream terminal;
  private final String what;
  private final long total;
  private long done;
  private long lastDrawn;
  private int drawnWidth;

  /// @param terminal where to draw; null for nowhere
  Progress(@Nullable PrintStream terminal, String what, long total) {
    this.terminal = terminal;
    this.what = what;
    this.total = Math.max(total, 1);
    draw("");
  }

  /// One more step is done; `detail` says which.
  void step(String detail) {
    done++;
    long now = System.currentTimeMillis();
    if (done == total || now - lastDrawn >= MILLISECONDS_BETWEEN_DRAWINGS) {
      lastDrawn = now;
      draw(detail);
    }
  }

  /// So many steps are done.
  void at(long steps, String detail) {
    done = Math.min(steps, total);
    draw(detail);
  }

  /// Makes room for other lines; the next step draws it again.
  void hide() {
    close();
  }

  private void draw(String detail) {
    if (terminal != null) {
      int filled = (int) Math.min(BAR, BAR * done / total);
      String line =
          "%s [%s%s] %d/%d %s"
              .formatted(what, "#".repeat(filled), "-".repeat(BAR - filled), done, total, detail);
      terminal.print("\r" + line + " ".repeat(Math.max(0, drawnWidth - line.length())));
      terminal.flush();
      drawnWidth = line.length();
    }
  }

  @Override
  public void close() {
    if (terminal != null) {
      terminal.print("\r" + " ".repeat(drawnWidth) + "\r");
      terminal.flush();
    }
  }
}
