package dev.mote.fleet.line;

/// Something that is to be done later; it can be called off. Of a [Loop], and used on its thread
/// alone.
public final class Timer implements Comparable<Timer> {

  private final long at;
  private final long order;
  private final Runnable task;
  private boolean isOff;

  Timer(long at, long order, Runnable task) {
    this.at = at;
    this.order = order;
    this.task = task;
  }

  public void cancel() {
    isOff = true;
  }

  long at() {
    return at;
  }

  void run() {
    if (!isOff) {
      task.run();
    }
  }

  @Override
  public int compareTo(Timer other) {
    int byTime = Long.compare(at, other.at);
    return byTime != 0 ? byTime : Long.compare(order, other.order);
  }
}
