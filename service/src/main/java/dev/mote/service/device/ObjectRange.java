package dev.mote.service.device;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Ids of objects of LwM2M, written as `33458` or `3300-3442`.
///
/// @param first of them
/// @param last of them
public record ObjectRange(int first, int last) {

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

  /// Reads it as it is written.
  public static ObjectRange of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "mote.device.observed: '%s' is no id of an object and no range".formatted(text));
    }
    int first = Integer.parseInt(matcher.group(1));
    return new ObjectRange(
        first, matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2)));
  }

  boolean contains(int object) {
    return object >= first && object <= last;
  }
}
