package dev.mote.orchestration.gateway;

import java.nio.ByteBuffer;

/// The value of a resource.
public sealed interface Value {

  /// A whole number; also a time, in seconds since 1970.
  record Whole(long number) implements Value {}

  record Decimal(double number) implements Value {}

  /// A text; also a link to an object, as `3:0`.
  record Text(String text) implements Value {}

  record Flag(boolean flag) implements Value {}

  /// Any bytes.
  record Bytes(ByteBuffer content) implements Value {
    public Bytes {
      ByteBuffer copy = ByteBuffer.allocate(content.remaining());
      content = copy.put(content.duplicate()).flip().asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer content() {
      return content.duplicate();
    }

    public byte[] toArray() {
      byte[] bytes = new byte[content.remaining()];
      content.duplicate().get(bytes);
      return bytes;
    }

    @Override
    public String toString() {
      return content.remaining() + " bytes";
    }
  }

  /// The value that `plain` is: a `String`, `Boolean`, `byte[]` or number.
  static Value of(Object plain) {
    return switch (plain) {
      case String text -> new Text(text);
      case Boolean flag -> new Flag(flag);
      case byte[] bytes -> new Bytes(ByteBuffer.wrap(bytes));
      case Double number -> new Decimal(number);
      case Float number -> new Decimal(number);
      case Number number -> new Whole(number.longValue());
      default -> throw new IllegalArgumentException("no value: " + plain.getClass());
    };
  }

  /// This value as `Long`, `Double`, `String`, `Boolean` or `byte[]`.
  default Object plain() {
    return switch (this) {
      case Whole whole -> whole.number();
      case Decimal decimal -> decimal.number();
      case Text text -> text.text();
      case Flag flag -> flag.flag();
      case Bytes bytes -> bytes.toArray();
    };
  }
}
