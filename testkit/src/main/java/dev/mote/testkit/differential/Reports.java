package dev.mote.testkit.differential;

import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.OperatorCase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/// Runs many families at once, on every processor.
public final class Reports {

  private Reports() {}

  /// The reports of all cases of `families`, in their order.
  public static List<FamilyReport> of(List<CaseFamily> families) {
    return of(families, CaseFamily::cases);
  }

  /// The reports of `families`, in their order; of each the cases that `choice` takes.
  public static List<FamilyReport> of(
      List<CaseFamily> families, Function<CaseFamily, List<OperatorCase>> choice) {
    Map<CaseFamily, Future<FamilyReport>> running = new LinkedHashMap<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (CaseFamily family : families) {
        running.put(family, pool.submit(() -> Differential.run(family, choice.apply(family))));
      }
    }
    return running.entrySet().stream().map(e -> report(e.getKey(), e.getValue())).toList();
  }

  // A defect in one family must not hide the others.
  private static FamilyReport report(CaseFamily family, Future<FamilyReport> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      StackTraceElement[] frames = cause.getStackTrace();
      String place = frames.length == 0 ? "" : " at " + frames[0];
      return new FamilyReport(family, List.of("the family throws: " + cause + place), List.of());
    }
  }
}
