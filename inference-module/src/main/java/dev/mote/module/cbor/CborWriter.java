package dev.mote.module.cbor;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Writes the core deterministic encoding of RFC 8949, section 4.2.1.
public final class CborWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private CborWriter() {}

  /// The encoding of `item`.
  public static Bytes write(Cbor item) {
    CborWriter writer = new CborWriter();
    writer.append(item);
    return Bytes.of(writer.out.toByteArray());
  }

  private void append(Cbor item) {
    switch (item) {
      case Cbor.Int(long value) -> head(value < 0 ? 1 : 0, value < 0 ? -1 - value : value);
      case Cbor.ByteString(Bytes value) -> {
        head(2, value.size());
        out.writeBytes(value.toByteArray());
      }
      case Cbor.Text(String value) -> {
        Bytes bytes = Bytes.utf8(value);
        head(3, bytes.size());
        out.writeBytes(bytes.toByteArray());
      }
      case Cbor.Array(List<Cbor> items) -> {
        head(4, items.size());
        items.forEach(this::append);
      }
      case Cbor.Mapping(Map<Cbor, Cbor> entries) -> mapping(entries);
      case Cbor.Tag(long number, Cbor inner) -> {
        head(6, number);
        append(inner);
      }
      case Cbor.Bool(boolean value) -> out.write(value ? 0xf5 : 0xf4);
      case Cbor.Null() -> out.write(0xf6);
      case Cbor.Real(double value) -> real(value);
    }
  }

  private void mapping(Map<Cbor, Cbor> entries) {
    record Entry(byte[] key, Cbor value) {}
    List<Entry> sorted = new ArrayList<>();
    entries.forEach((key, value) -> sorted.add(new Entry(write(key).toByteArray(), value)));
    sorted.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
    head(5, sorted.size());
    for (Entry entry : sorted) {
      out.writeBytes(entry.key());
      append(entry.value());
    }
  }

  private void head(int major, long argument) {
    if (argument < 24) {
      out.write(major << 5 | (int) argument);
    } else if (argument <= 0xff) {
      out.write(major << 5 | 24);
      bigEndian(argument, 1);
    } else if (argument <= 0xffff) {
      out.write(major << 5 | 25);
      bigEndian(argument, 2);
    } else if (argument <= 0xffff_ffffL) {
      out.write(major << 5 | 26);
      bigEndian(argument, 4);
    } else {
      out.write(major << 5 | 27);
      bigEndian(argument, 8);
    }
  }

  private void real(double value) {
    float single = (float) value;
    if (Double.compare(single, value) != 0) {
      out.write(0xfb);
      bigEndian(Double.doubleToRawLongBits(value), 8);
      return;
    }
    short half = Float.floatToFloat16(single);
    if (Float.compare(Float.float16ToFloat(half), single) == 0) {
      out.write(0xf9);
      bigEndian(half & 0xffff, 2);
    } else {
      out.write(0xfa);
      bigEndian(Float.floatToRawIntBits(single) & 0xffff_ffffL, 4);
    }
  }

  private void bigEndian(long value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.write((int) (value >>> 8 * i));
    }
  }
}
