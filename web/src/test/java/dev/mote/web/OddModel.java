package dev.mote.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// An ONNX file with an operator that nobody knows, written byte by byte as Protobuf has it.
final class OddModel {

  private OddModel() {}

  static byte[] bytes() {
    byte[] node = concat(text(1, "x"), text(2, "z"), text(4, "Nonsense"));
    byte[] graph =
        concat(field(1, node), text(2, "odd"), field(11, value("x")), field(12, value("z")));
    return concat(new byte[] {0x08, 8}, field(8, new byte[] {0x10, 13}), field(7, graph));
  }

  /// A float tensor of one row of four.
  private static byte[] value(String name) {
    byte[] shape = concat(field(1, new byte[] {0x08, 1}), field(1, new byte[] {0x08, 4}));
    byte[] tensor = concat(new byte[] {0x08, 1}, field(2, shape));
    return concat(text(1, name), field(2, field(1, tensor)));
  }

  private static byte[] text(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  /// All lengths here fit into seven bits.
  private static byte[] field(int number, byte[] content) {
    return concat(new byte[] {(byte) (number << 3 | 2), (byte) content.length}, content);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
