package dev.mote.fleet.content;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/// A value in a resource.
///
/// @param object id of the object
/// @param instance id of its instance
/// @param resource id of the resource
/// @param item id of the resource's instance; [#SINGLE] for a resource that has one value
/// @param value a `String`, `Long`, `Double`, `Boolean` or `byte[]`; read from TLV always `byte[]`
public record Entry(int object, int instance, int resource, int item, Object value) {

  public static final int SINGLE = -1;

  /// The value of a resource that has one.
  public static Entry of(int object, int instance, int resource, Object value) {
    return new Entry(object, instance, resource, SINGLE, value);
  }

  /// What was written, as a text.
  public String text() {
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : value.toString();
  }

  /// What was written, as bytes.
  public byte[] bytes() {
    return value instanceof byte[] bytes ? bytes : text().getBytes(StandardCharsets.UTF_8);
  }

  /// What was written, as a whole number; empty when it is none.
  public OptionalLong number() {
    try {
      return switch (value) {
        case Long number -> OptionalLong.of(number);
        case Double number -> OptionalLong.of(number.longValue());
        case Boolean flag -> OptionalLong.of(flag ? 1 : 0);
        case byte[] bytes when bytes.length > 0 && bytes.length <= Long.BYTES -> {
          long number = bytes[0];
          for (int i = 1; i < bytes.length; i++) {
            number = number << 8 | bytes[i] & 0xff;
          }
          yield OptionalLong.of(number);
        }
        case String text -> OptionalLong.of(Long.parseLong(text.strip()));
        default -> OptionalLong.empty();
      };
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
