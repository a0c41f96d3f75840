package dev.mote.module;

import java.util.function.ToIntFunction;

/// Constants that stand as numbers in a file.
final class Numbered {

  private Numbered() {}

  /// The constant of `number` among `all`.
  static <T> T of(long number, T[] all, ToIntFunction<T> numberOf, String where) {
    for (T constant : all) {
      if (numberOf.applyAsInt(constant) == number) {
        return constant;
      }
    }
    throw Fields.wrong(where, "%,d stands for nothing there".formatted(number));
  }
}
