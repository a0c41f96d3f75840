package dev.mote.frontends.classical;

import java.util.List;

/// What a node of a tree asks about its feature; yes leads left.
public sealed interface Condition {

  /// The feature's column.
  int feature();

  /// x ≤ threshold.
  ///
  /// @param missingYes whether NaN is a yes
  record AtMost(int feature, double threshold, boolean missingYes) implements Condition {}

  /// x < threshold.
  record Below(int feature, double threshold, boolean missingYes) implements Condition {}

  /// x = value; NaN is a no.
  record Equal(int feature, double value, boolean missingYes) implements Condition {}

  /// x, cut to a whole number, is one of the `members`, which are ≥ 0.
  record Member(int feature, List<Integer> members, boolean missingYes) implements Condition {
    public Member {
      members = members.stream().distinct().sorted().toList();
    }
  }

  /// x is one of the `values`.
  ///
  /// @param missingYes whether NaN is a yes
  record OneOf(int feature, List<Double> values, boolean missingYes) implements Condition {
    public OneOf {
      values = values.stream().map(value -> value + 0.0).distinct().sorted().toList();
    }
  }

  /// x ≤ threshold, where NaN and numbers of at most `zero` in size are missing.
  record AtMostOrZero(int feature, double threshold, double zero, boolean missingYes)
      implements Condition {}
}
