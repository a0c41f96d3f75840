package dev.mote.service.job;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// A handler for tests: what it does stands in the job's subject.
final class TryHandler implements JobHandler {

  final List<String> began = new CopyOnWriteArrayList<>();
  final AtomicInteger now = new AtomicInteger();
  final AtomicInteger most = new AtomicInteger();
  final Semaphore gate = new Semaphore(0);

  /// @param action `pass`, `fail`, `fail once`, `wait` for the gate, `hang` until interrupted
  record Subject(String action, String name) {}

  @Override
  public String kind() {
    return "try";
  }

  @Override
  public Duration limit() {
    return Duration.ofSeconds(20);
  }

  @Override
  public int attempts() {
    return 2;
  }

  @Override
  public void run(JobContext job) throws Exception {
    String name = job.subject().get("name").asString();
    began.add(name);
    most.accumulateAndGet(now.incrementAndGet(), Math::max);
    try {
      job.log("begin " + name);
      job.progress(50, "half of " + name);
      switch (job.subject().get("action").asString()) {
        case "pass" -> job.result(new Subject("passed", name));
        case "fail" -> throw new IllegalStateException("nothing works");
        case "fail once" -> {
          if (began.stream().filter(name::equals).count() == 1) {
            throw new IllegalStateException("not yet");
          }
        }
        case "wait" -> gate.acquire();
        case "hang" -> Thread.sleep(Duration.ofMinutes(5));
        default -> throw new IllegalArgumentException("what?");
      }
    } finally {
      now.decrementAndGet();
    }
  }
}
