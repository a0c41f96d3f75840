package dev.mote.optimizer.search;

/// A variant that was tried, with what it costs and how well it answers.
public record Trial(Recipe recipe, Cost cost, Quality quality) {

  /// Whether it is nowhere worse than `other`, and somewhere better.
  ///
  /// Only trials on the same samples can be compared.
  public boolean dominates(Trial other) {
    double score = quality.score();
    double otherScore = other.quality.score();
    return score >= otherScore
        && (cost.dominates(other.cost) || (cost.sameAs(other.cost) && score > otherScore));
  }

  Trial withCost(Cost other) {
    return new Trial(recipe, other, quality);
  }
}
