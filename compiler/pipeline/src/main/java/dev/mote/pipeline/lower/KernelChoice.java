package dev.mote.pipeline.lower;

import dev.mote.plugin.Compiler.Optimize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/// Chooses one of the kernels that can compute a step, by what the cost tables say of them.
///
/// A kernel that no table knows is taken to be twice as fast as the fastest of those that the
/// lowerings list after it, so that a new kernel is used before it was measured; one that they list
/// last is not taken for faster than the others.
@FunctionalInterface
public interface KernelChoice {

  /// A kernel chosen for memory may take this many times the cycles of the fastest.
  double MEMORY_SLOW_DOWN = 1.05;

  /// A kernel that is a compromise may take this many times the cycles of the fastest.
  double BALANCED_SLOW_DOWN = 1.1;

  /// A kernel that takes more than this many times the cycles of the fastest must be clearly
  /// smaller.
  double SIZE_SLOW_DOWN = 1.25;

  /// Part of the constants that a slow kernel may have to be chosen for size.
  double CLEARLY_SMALLER = 0.9375;

  /// Bytes of constants that a slow kernel must save to be chosen for size.
  int CLEARLY_FEWER = 256;

  /// Rounds of reconsidering the smallest code.
  int MAX_ROUNDS = 8;

  /// A kernel call that can compute a step, and its cost.
  record Candidate(KernelCall call, KernelCost cost) {}

  /// One candidate for each step.
  ///
  /// @param candidates for each step what [#candidates] gave
  List<Candidate> among(List<List<Candidate>> candidates);

  /// Whether kernels that unpack their weights are taken as chosen, even where that makes the arena
  /// larger by more than a row of weights.
  default boolean mayGrowArena() {
    return true;
  }

  /// The choice that prefers what `optimize` says.
  static KernelChoice preferring(Optimize optimize) {
    KernelChoice choice =
        switch (optimize) {
          case SPEED -> each(KernelChoice::fastest);
          case MEMORY -> each(all -> smallestIn(all, MEMORY_SLOW_DOWN, KernelChoice::memoryBytes));
          case BALANCED -> each(all -> smallestIn(all, BALANCED_SLOW_DOWN, KernelChoice::allBytes));
          case SIZE -> KernelChoice::smallestTogether;
        };
    return new KernelChoice() {
      @Override
      public List<Candidate> among(List<List<Candidate>> candidates) {
        return choice.among(candidates);
      }

      @Override
      public boolean mayGrowArena() {
        return false;
      }
    };
  }

  /// The fewest bytes of constants, however much time that costs; the fastest of those that are
  /// about as small.
  static KernelChoice fewestConstants() {
    return each(
        all -> {
          long fewest = all.stream().mapToLong(c -> c.cost().constantBytes()).min().orElseThrow();
          double limit = fewest / CLEARLY_SMALLER;
          return fastest(all.stream().filter(c -> c.cost().constantBytes() <= limit).toList());
        });
  }

  /// The fastest kernels that need at most `flashBytes` together, code included, or about the
  /// fewest bytes: as long as they need more, the kernel is exchanged that saves most bytes for
  /// each cycle that this costs.
  static KernelChoice fastestWithin(long flashBytes) {
    return steps -> FlashBudget.choose(steps, flashBytes);
  }

  /// The kernel call for a single step, as its [Step#optimize] says.
  ///
  /// @throws UnsupportedStepException when no kernel exists for these types on this target
  static KernelCall of(Step step) {
    return preferring(step.optimize()).among(List.of(candidates(step))).getFirst().call();
  }

  /// Every kernel call that computes `step`, with its cost, in the order of the lowerings.
  ///
  /// @throws UnsupportedStepException when no kernel exists for these types on this target
  static List<Candidate> candidates(Step step) {
    return candidates(step, Lowerings.candidates(step));
  }

  /// The same for `calls`.
  static List<Candidate> candidates(Step step, List<KernelCall> calls) {
    List<KernelCost> costs = calls.stream().map(call -> KernelCost.of(step, call)).toList();
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      KernelCost cost = costs.get(i);
      if (!cost.known()) {
        OptionalLong later = fastestKnown(costs.subList(i + 1, costs.size()));
        OptionalLong earlier = fastestKnown(costs.subList(0, i));
        cost =
            later.isPresent()
                ? cost.withCycles(later.getAsLong() / 2)
                : cost.withCycles(Math.max(cost.cycles(), earlier.orElse(0)));
      }
      candidates.add(new Candidate(calls.get(i), cost));
    }
    return candidates;
  }

  private static OptionalLong fastestKnown(List<KernelCost> costs) {
    return costs.stream().filter(KernelCost::known).mapToLong(KernelCost::cycles).min();
  }

  /// Chooses for one step at a time.
  interface Pick {
    Candidate from(List<Candidate> candidates);
  }

  private static KernelChoice each(Pick pick) {
    return steps -> steps.stream().map(pick::from).toList();
  }

  /// The one with the fewest cycles.
  static Candidate fastest(List<Candidate> candidates) {
    return candidates.stream()
        .min(Comparator.comparingLong((Candidate c) -> c.cost().cycles()))
        .orElseThrow();
  }

  private static long memoryBytes(Candidate candidate) {
    return candidate.cost().memoryBytes();
  }

  private static long allBytes(Candidate candidate) {
    return candidate.cost().memoryBytes() + candidate.cost().flashBytes();
  }

  /// The smallest of those that are not much slower than the fastest; the first where no cycles are
  /// known.
  private static Candidate smallestIn(
      List<Candidate> candidates, double slowDown, ToLongFunction<Candidate> bytes) {
    long fewest = fastest(candidates).cost().cycles();
    if (fewest == 0) {
      return candidates.getFirst();
    }
    return candidates.stream()
        .filter(c -> c.cost().cycles() <= fewest * slowDown)
        .min(Comparator.comparingLong(bytes).thenComparingLong(c -> c.cost().cycles()))
        .orElseThrow();
  }

  /// Fewest bytes of flash over all steps: a kernel whose code is there for another step costs no
  /// more than its call. Choosing is a facility location problem; starting from the best for each
  /// step alone, every step is reconsidered given the others until none changes.
  private static List<Candidate> smallestTogether(List<List<Candidate>> all) {
    List<Candidate> chosen = new ArrayList<>();
    Map<String, Integer> uses = new HashMap<>();
    List<List<Candidate>> steps = all.stream().map(KernelChoice::worthTheirTime).toList();
    for (List<Candidate> candidates : steps) {
      Candidate alone = smallestBeside(uses, candidates);
      chosen.add(alone);
      uses.merge(alone.call().function(), 1, Integer::sum);
    }
    boolean changed = true;
    for (int round = 0; changed && round < MAX_ROUNDS; round++) {
      changed = false;
      for (int step = 0; step < steps.size(); step++) {
        Candidate before = chosen.get(step);
        uses.merge(before.call().function(), -1, Integer::sum);
        Candidate best = smallestBeside(uses, steps.get(step));
        changed |= addedBytes(uses, best) < addedBytes(uses, before);
        chosen.set(step, best);
        uses.merge(best.call().function(), 1, Integer::sum);
      }
    }
    return List.copyOf(chosen);
  }

  /// Those that are about as fast as the fastest, or need clearly fewer bytes of constants: what is
  /// known of code is too rough to pay for a few bytes with much time.
  private static List<Candidate> worthTheirTime(List<Candidate> candidates) {
    Candidate fastest = fastest(candidates);
    double cycles = fastest.cost().cycles() * SIZE_SLOW_DOWN;
    double bytes =
        Math.min(
            fastest.cost().constantBytes() * CLEARLY_SMALLER,
            fastest.cost().constantBytes() - CLEARLY_FEWER);
    return candidates.stream()
        .filter(c -> c.cost().cycles() <= cycles || c.cost().constantBytes() <= bytes)
        .toList();
  }

  private static Candidate smallestBeside(Map<String, Integer> uses, List<Candidate> candidates) {
    return candidates.stream()
        .min(
            Comparator.comparingLong((Candidate c) -> addedBytes(uses, c))
                .thenComparingLong(c -> c.cost().cycles()))
        .orElseThrow();
  }

  private static long addedBytes(Map<String, Integer> uses, Candidate candidate) {
    KernelCost cost = candidate.cost();
    boolean there = uses.getOrDefault(candidate.call().function(), 0) > 0;
    return cost.constantBytes() + cost.callCodeBytes() + (there ? 0 : cost.sharedCodeBytes());
  }
}
