package dev.mote.optimizer.search;

import dev.mote.ir.Diagnostic;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a search found.
///
/// @param originalAccuracy of the float original on all samples; empty without labels
/// @param tried every variant that was evaluated, at the most samples that it came to, in the order
///     of their first evaluation
/// @param front those evaluated on all samples of which none is better than another in every
/// respect
/// @param best what was chosen within the budget; empty when nothing keeps it
/// @param nearest what comes nearest to the budget, which is `best` when there is one
/// @param misses what `nearest` does not keep
/// @param refusals recipes that could not be followed, with the reason
/// @param outOfTime whether the search ended before it had tried everything
public record SearchResult(
    OptionalDouble originalAccuracy,
    List<Trial> tried,
    List<Trial> front,
    Optional<Trial> best,
    Trial nearest,
    List<Budget.Miss> misses,
    List<Refusal> refusals,
    boolean outOfTime) {

  /// A recipe that could not be followed.
  public record Refusal(Recipe recipe, Diagnostic reason) {}

  public SearchResult {
    tried = List.copyOf(tried);
    front = List.copyOf(front);
    misses = List.copyOf(misses);
    refusals = List.copyOf(refusals);
  }
}
