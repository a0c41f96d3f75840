package dev.mote.orchestration.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A message of CoAP as its bytes say it (RFC 7252, 3), for tests that must not share a line with
/// the library that the gateway stands on.
final class WireMessage {

  static final int CON = 0;
  static final int NON = 1;
  static final int ACK = 2;
  static final int RST = 3;

  static final int OBSERVE = 6;
  static final int LOCATION_PATH = 8;
  static final int URI_PATH = 11;
  static final int CONTENT_FORMAT = 12;
  static final int URI_QUERY = 15;
  static final int ACCEPT = 17;
  static final int BLOCK2 = 23;
  static final int BLOCK1 = 27;

  final int type;
  final int code;
  final int id;
  final byte[] token;
  final TreeMap<Integer, List<byte[]>> options = new TreeMap<>();
  byte[] payload = {};

  /// @param code as class · 100 + detail: 205, or 1 for GET
  WireMessage(int type, int code, int id, byte[] token) {
    this.type = type;
    this.code = code;
    this.id = id;
    this.token = token;
  }

  WireMessage with(int option, byte[] value) {
    options.computeIfAbsent(option, _ -> new ArrayList<>()).add(value);
    return this;
  }

  WireMessage with(int option, String value) {
    return with(option, value.getBytes(StandardCharsets.UTF_8));
  }

  /// An option with a number in as few bytes as it needs.
  WireMessage with(int option, long value) {
    byte[] bytes = ByteBuffer.allocate(8).putLong(value).array();
    return with(option, Arrays.copyOfRange(bytes, Long.numberOfLeadingZeros(value) / 8, 8));
  }

  WireMessage block(int option, int number, boolean more, int szx) {
    return with(option, (long) number << 4 | (more ? 8 : 0) | szx);
  }

  WireMessage payload(byte[] bytes) {
    payload = bytes;
    return this;
  }

  WireMessage text(String text) {
    return payload(text.getBytes(StandardCharsets.UTF_8));
  }

  /// @param bytes in hexadecimal digits
  WireMessage hex(String bytes) {
    return payload(HexFormat.of().parseHex(bytes));
  }

  boolean isRequest() {
    return code > 0 && code < 100;
  }

  boolean has(int option) {
    return options.containsKey(option);
  }

  Optional<Long> number(int option) {
    return Optional.ofNullable(options.get(option))
        .map(
            values -> {
              long number = 0;
              for (byte one : values.getFirst()) {
                number = number << 8 | one & 0xff;
              }
              return number;
            });
  }

  /// Segments of a path, joined.
  String path(int option) {
    return options.getOrDefault(option, List.of()).stream()
        .map(segment -> "/" + new String(segment, StandardCharsets.UTF_8))
        .collect(Collectors.joining());
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x40 | type << 4 | token.length);
    out.write(code / 100 << 5 | code % 100);
    out.write(id >> 8);
    out.write(id);
    out.writeBytes(token);
    int last = 0;
    for (Map.Entry<Integer, List<byte[]>> option : options.entrySet()) {
      for (byte[] value : option.getValue()) {
        int delta = option.getKey() - last;
        last = option.getKey();
        out.write(nibble(delta) << 4 | nibble(value.length));
        extension(out, delta);
        extension(out, value.length);
        out.writeBytes(value);
      }
    }
    if (payload.length > 0) {
      out.write(0xff);
      out.writeBytes(payload);
    }
    return out.toByteArray();
  }

  private static int nibble(int number) {
    return number < 13 ? number : number < 269 ? 13 : 14;
  }

  private static void extension(ByteArrayOutputStream out, int number) {
    if (number >= 269) {
      out.write(number - 269 >> 8);
      out.write(number - 269);
    } else if (number >= 13) {
      out.write(number - 13);
    }
  }

  static WireMessage of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int head = in.get() & 0xff;
    int code = in.get() & 0xff;
    int id = in.getShort() & 0xffff;
    byte[] token = new byte[head & 15];
    in.get(token);
    WireMessage message =
        new WireMessage(head >> 4 & 3, (code >> 5) * 100 + (code & 31), id, token);
    int number = 0;
    while (in.hasRemaining()) {
      int one = in.get() & 0xff;
      if (one == 0xff) {
        message.payload = new byte[in.remaining()];
        in.get(message.payload);
        break;
      }
      number += read(in, one >> 4);
      byte[] value = new byte[read(in, one & 15)];
      in.get(value);
      message.with(number, value);
    }
    return message;
  }

  private static int read(ByteBuffer in, int nibble) {
    return switch (nibble) {
      case 13 -> 13 + (in.get() & 0xff);
      case 14 -> 269 + (in.getShort() & 0xffff);
      default -> nibble;
    };
  }

  @Override
  public String toString() {
    return "%d %d.%02d #%d %s%s %s, %d bytes"
        .formatted(
            type,
            code / 100,
            code % 100,
            id,
            path(URI_PATH),
            path(LOCATION_PATH),
            options.keySet(),
            payload.length);
  }
}
