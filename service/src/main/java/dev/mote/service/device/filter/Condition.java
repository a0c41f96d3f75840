package dev.mote.service.device.filter;

import java.util.List;

/// A filter that was read.
sealed interface Condition {

  /// All of `parts` hold.
  record All(List<Condition> parts) implements Condition {}

  /// At least one of `parts` holds.
  record Any(List<Condition> parts) implements Condition {}

  /// One comparison; something that a device does not have equals nothing, and is neither below nor
  /// above anything.
  ///
  /// @param key of a tag or a module, for fields that have one; else empty
  record Comparison(Field field, String key, Operator operator, List<Operand> operands)
      implements Condition {}
}
