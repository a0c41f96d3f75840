package dev.mote.pipeline.lower;

import dev.mote.pipeline.lower.KernelChoice.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Spends time to save flash: starts from the fastest kernels and exchanges, one by one, the kernel
/// that saves most bytes for each cycle that this costs, until all fit.
///
/// @param steps for each step what can compute it
/// @param chosen one of each, so far
/// @param uses function → how many of the chosen are calls of it
record FlashBudget(List<List<Candidate>> steps, List<Candidate> chosen, Map<String, Integer> uses) {

  static List<Candidate> choose(List<List<Candidate>> steps, long flashBytes) {
    FlashBudget budget = new FlashBudget(steps, new ArrayList<>(), new HashMap<>());
    for (List<Candidate> candidates : steps) {
      budget.add(KernelChoice.fastest(candidates));
    }
    while (budget.bytes() > flashBytes && budget.exchange()) {
      // each exchange saves bytes, so this ends
    }
    return List.copyOf(budget.chosen);
  }

  private void add(Candidate candidate) {
    chosen.add(candidate);
    uses.merge(candidate.call().function(), 1, Integer::sum);
  }

  private long bytes() {
    long bytes = 0;
    Map<String, Long> shared = new HashMap<>();
    for (Candidate candidate : chosen) {
      bytes += candidate.cost().constantBytes() + candidate.cost().callCodeBytes();
      shared.put(candidate.call().function(), candidate.cost().sharedCodeBytes());
    }
    return bytes + shared.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Whether there was an exchange that saves bytes.
  private boolean exchange() {
    int step = -1;
    Candidate better = null;
    double most = 0;
    for (int i = 0; i < steps.size(); i++) {
      for (Candidate candidate : steps.get(i)) {
        long saved = saved(chosen.get(i), candidate);
        long added = candidate.cost().cycles() - chosen.get(i).cost().cycles();
        double rate = (double) saved / Math.max(1, added);
        if (saved > 0 && rate > most) {
          step = i;
          better = candidate;
          most = rate;
        }
      }
    }
    if (better == null) {
      return false;
    }
    uses.merge(chosen.get(step).call().function(), -1, Integer::sum);
    uses.merge(better.call().function(), 1, Integer::sum);
    chosen.set(step, better);
    return true;
  }

  private long saved(Candidate before, Candidate after) {
    boolean same = before.call().function().equals(after.call().function());
    long freed =
        same || uses.getOrDefault(before.call().function(), 0) > 1
            ? 0
            : before.cost().sharedCodeBytes();
    long needed =
        same || uses.getOrDefault(after.call().function(), 0) > 0
            ? 0
            : after.cost().sharedCodeBytes();
    return before.cost().constantBytes()
        + before.cost().callCodeBytes()
        + freed
        - after.cost().constantBytes()
        - after.cost().callCodeBytes()
        - needed;
  }
}
