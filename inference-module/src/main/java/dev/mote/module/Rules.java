package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import java.util.List;

/// Checks that the records of the manifest share. A failure is an [IllegalArgumentException], from
/// which the reader makes a [ModuleException] that names the field.
final class Rules {

  private static final int MOST_TEXT = 1024;

  private Rules() {}

  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /// A text for people: 1 to 1,024 characters, none of them a control character.
  static void text(String text, String what) {
    int characters = text.codePointCount(0, text.length());
    require(characters >= 1 && characters <= MOST_TEXT, what + " has 1 to 1,024 characters");
    require(text.chars().noneMatch(Character::isISOControl), what + " has a control character");
  }

  /// A name for machines: 1 to 64 letters, digits, dots, hyphens, underscores.
  static void name(String name, String what) {
    require(
        name.length() <= 64 && name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*"),
        what
            + " has 1 to 64 letters, digits, '.', '-' or '_', and starts with neither '.' nor '-'");
  }

  static void size(Bytes bytes, int size, String what) {
    require(bytes.size() == size, what + " has " + size + " bytes");
  }

  static void range(long value, long least, long most, String what) {
    require(value >= least && value <= most, "%s is %,d to %,d".formatted(what, least, most));
  }

  static void count(List<?> items, int least, int most, String what) {
    require(
        items.size() >= least && items.size() <= most,
        "there are %d to %d %s".formatted(least, most, what));
  }
}
