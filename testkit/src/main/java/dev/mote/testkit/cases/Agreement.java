package dev.mote.testkit.cases;

/// How closely two executions of a case must agree.
public sealed interface Agreement {

  /// Every byte is equal; of floats every bit, but that any two NaNs are equal.
  record Exact() implements Agreement {}

  /// Floats differ by at most `relative` of the larger magnitude plus `absolute`; everything that
  /// is not a float is equal.
  ///
  /// @param relative bound relative to the larger of both magnitudes
  /// @param absolute bound near zero
  record Close(float relative, float absolute) implements Agreement {}

  /// Integers differ by at most `steps`, for a reason that is written down.
  ///
  /// @param steps largest difference of two integers
  /// @param reason why the peer differs on purpose; refers to docs/reference/tflite-differences.md
  record Within(int steps, String reason) implements Agreement {}

  /// The peer cannot run such a case at all.
  ///
  /// @param reason why
  record Absent(String reason) implements Agreement {}

  Agreement EXACT = new Exact();

  /// What floats usually get: 1e-5 relative, 1e-6 near zero.
  Agreement FLOAT = new Close(1e-5f, 1e-6f);
}
