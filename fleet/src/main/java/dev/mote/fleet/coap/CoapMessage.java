package dev.mote.fleet.coap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A CoAP message: type, code, message id, token, options, payload.
///
/// It is filled once, by the methods that answer the message itself, and not changed afterwards.
public final class CoapMessage {

  public static final int CON = 0;
  public static final int NON = 1;
  public static final int ACK = 2;
  public static final int RST = 3;

  public static final int EMPTY = 0;
  public static final int GET = 1;
  public static final int POST = 2;
  public static final int PUT = 3;
  public static final int DELETE = 4;

  public static final int OBSERVE = 6;
  public static final int ETAG = 4;
  public static final int LOCATION_PATH = 8;
  public static final int URI_PATH = 11;
  public static final int CONTENT_FORMAT = 12;
  public static final int URI_QUERY = 15;
  public static final int ACCEPT = 17;
  public static final int BLOCK2 = 23;
  public static final int BLOCK1 = 27;
  public static final int SIZE2 = 28;
  public static final int SIZE1 = 60;

  private static final int HEADER_BYTES = 4;
  private static final int LONGEST_TOKEN = 8;
  private static final int PAYLOAD_MARKER = 0xff;
  private static final int ONE_BYTE = 13;
  private static final int TWO_BYTES = 14;
  private static final int BEHIND_ONE_BYTE = 269;
  private static final byte[] NOTHING = {};

  private final int type;
  private final int code;
  private final int id;
  private final byte[] token;
  private final List<Option> options = new ArrayList<>(4);
  private byte[] payload = NOTHING;

  private CoapMessage(int type, int code, int id, byte[] token) {
    this.type = type;
    this.code = code;
    this.id = id & 0xffff;
    this.token = token;
  }

  /// An option of a message.
  private static final class Option {
    private final int number;
    private final byte[] value;

    Option(int number, byte[] value) {
      this.number = number;
      this.value = value;
    }
  }

  /// A message without options yet.
  ///
  /// @param code as in `code(2, 05)`
  public static CoapMessage of(int type, int code, int id, byte[] token) {
    return new CoapMessage(type, code, id, token);
  }

  /// A message of a type, an id and nothing else.
  public static CoapMessage empty(int type, int id) {
    return new CoapMessage(type, EMPTY, id, NOTHING);
  }

  /// The number of a code as people write it: `code(4, 4)` is 4.04.
  public static int code(int kind, int detail) {
    return kind << 5 | detail;
  }

  public int type() {
    return type;
  }

  public int code() {
    return code;
  }

  public int id() {
    return id;
  }

  public byte[] token() {
    return token;
  }

  public byte[] payload() {
    return payload;
  }

  public boolean isRequest() {
    return code >= GET && code < code(2, 0);
  }

  public boolean isResponse() {
    return code >= code(2, 0);
  }

  /// Whether it is a response of class 2.
  public boolean isSuccess() {
    return code >> 5 == 2;
  }

  public CoapMessage payload(byte[] bytes) {
    payload = bytes;
    return this;
  }

  public CoapMessage option(int number, byte[] value) {
    int at = options.size();
    while (at > 0 && options.get(at - 1).number > number) {
      at--;
    }
    options.add(at, new Option(number, value));
    return this;
  }

  public CoapMessage option(int number, int value) {
    int size = (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 7) / 8;
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (value >>> 8 * (size - 1 - i));
    }
    return option(number, bytes);
  }

  public CoapMessage option(int number, String value) {
    return option(number, value.getBytes(StandardCharsets.UTF_8));
  }

  /// Adds segments of the path.
  public CoapMessage path(String... segments) {
    for (String segment : segments) {
      option(URI_PATH, segment);
    }
    return this;
  }

  public boolean has(int number) {
    return options.stream().anyMatch(option -> option.number == number);
  }

  /// The value of an option that is a number of at most four bytes.
  public OptionalInt number(int number) {
    for (Option option : options) {
      if (option.number == number) {
        int value = 0;
        for (byte next : option.value) {
          value = value << 8 | next & 0xff;
        }
        return option.value.length > Integer.BYTES ? OptionalInt.empty() : OptionalInt.of(value);
      }
    }
    return OptionalInt.empty();
  }

  /// The values of an option, as texts, in order.
  public List<String> texts(int number) {
    return options.stream()
        .filter(option -> option.number == number)
        .map(option -> new String(option.value, StandardCharsets.UTF_8))
        .toList();
  }

  /// The first value of an option.
  public Optional<byte[]> value(int number) {
    return options.stream()
        .filter(option -> option.number == number)
        .map(option -> option.value)
        .findFirst();
  }

  /// The first option that must be understood, of those that are not among `known`.
  public OptionalInt unknownCritical(int... known) {
    return options.stream()
        .mapToInt(option -> option.number)
        .filter(number -> (number & 1) == 1 && Arrays.stream(known).noneMatch(k -> k == number))
        .findFirst();
  }

  /// The datagram.
  public byte[] bytes() {
    ByteBuffer to = ByteBuffer.allocate(size());
    to.put((byte) (1 << 6 | type << 4 | token.length)).put((byte) code).putShort((short) id);
    to.put(token);
    int before = 0;
    for (Option option : options) {
      int delta = option.number - before;
      before = option.number;
      int length = option.value.length;
      to.put((byte) (nibble(delta) << 4 | nibble(length)));
      extend(to, delta);
      extend(to, length);
      to.put(option.value);
    }
    if (payload.length > 0) {
      to.put((byte) PAYLOAD_MARKER).put(payload);
    }
    return to.position() == to.capacity() ? to.array() : Arrays.copyOf(to.array(), to.position());
  }

  private int size() {
    int size = HEADER_BYTES + token.length + 1 + payload.length;
    for (Option option : options) {
      size += 5 + option.value.length;
    }
    return size;
  }

  private static int nibble(int value) {
    return value < ONE_BYTE ? value : value < BEHIND_ONE_BYTE ? ONE_BYTE : TWO_BYTES;
  }

  private static void extend(ByteBuffer to, int value) {
    if (value >= BEHIND_ONE_BYTE) {
      to.putShort((short) (value - BEHIND_ONE_BYTE));
    } else if (value >= ONE_BYTE) {
      to.put((byte) (value - ONE_BYTE));
    }
  }

  /// The message in `datagram`; empty when it is none.
  public static Optional<CoapMessage> parse(ByteBuffer datagram) {
    if (datagram.remaining() < HEADER_BYTES) {
      return Optional.empty();
    }
    int first = datagram.get() & 0xff;
    int code = datagram.get() & 0xff;
    int id = datagram.getShort() & 0xffff;
    int tokenLength = first & 15;
    if (first >> 6 != 1 || tokenLength > LONGEST_TOKEN || datagram.remaining() < tokenLength) {
      return Optional.empty();
    }
    CoapMessage message = new CoapMessage(first >> 4 & 3, code, id, take(datagram, tokenLength));
    int number = 0;
    while (datagram.hasRemaining()) {
      int head = datagram.get() & 0xff;
      if (head == PAYLOAD_MARKER) {
        message.payload = take(datagram, datagram.remaining());
        return message.payload.length == 0 ? Optional.empty() : Optional.of(message);
      }
      int delta = extended(datagram, head >> 4);
      int length = extended(datagram, head & 15);
      if (delta < 0 || length < 0 || length > datagram.remaining()) {
        return Optional.empty();
      }
      number += delta;
      message.options.add(new Option(number, take(datagram, length)));
    }
    return Optional.of(message);
  }

  private static int extended(ByteBuffer from, int nibble) {
    if (nibble < ONE_BYTE) {
      return nibble;
    }
    int size = nibble - ONE_BYTE + 1;
    if (size > 2 || from.remaining() < size) {
      return -1;
    }
    return size == 1
        ? (from.get() & 0xff) + ONE_BYTE
        : (from.getShort() & 0xffff) + BEHIND_ONE_BYTE;
  }

  private static byte[] take(ByteBuffer from, int size) {
    if (size == 0) {
      return NOTHING;
    }
    byte[] bytes = new byte[size];
    from.get(bytes);
    return bytes;
  }

  @Override
  public String toString() {
    return "%s %d.%02d #%d %s%s"
        .formatted(
            List.of("CON", "NON", "ACK", "RST").get(type),
            code >> 5,
            code & 31,
            id,
            String.join("/", texts(URI_PATH)),
            payload.length == 0 ? "" : " " + payload.length + " bytes");
  }
}
