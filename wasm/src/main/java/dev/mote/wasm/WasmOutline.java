package dev.mote.wasm;

import dev.mote.ir.Blob;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The sections of a WebAssembly module, checked before a parser makes objects of every instruction
/// in them.
final class WasmOutline {

  private static final int MAGIC = 0x6d736100;
  private static final int VERSION = 1;
  private static final int CUSTOM = 0;
  private static final int MEMORY = 5;
  private static final int START = 8;
  private static final int CODE = 10;
  private static final int DATA = 11;
  private static final int LAST = 12;
  private static final int HEADER_BYTES = 8;
  private static final int LEB_BYTES = 5;
  private static final long PAGE = 1 << 16;

  /// Bytes of code that are compiled; a model's code is a few tens of kilobytes.
  private static final int MOST_CODE = 2 << 20;

  /// Bytes of a section that is neither code nor data.
  private static final int MOST_OTHER = 1 << 18;

  private final ByteBuffer bytes;
  private final String where;

  private WasmOutline(Blob module, String where) {
    this.bytes = module.buffer().order(ByteOrder.LITTLE_ENDIAN);
    this.where = where;
  }

  /// Refuses what is no module of version 1, what has a start function, and what is too large.
  static void check(Blob module, String where) {
    new WasmOutline(module, where).check();
  }

  /// Bytes of memory that a module starts with.
  static long memoryBytes(Blob module, String where) {
    return new WasmOutline(module, where).check() * PAGE;
  }

  /// Pages of the first memory.
  private long check() {
    long pages = 0;
    if (bytes.remaining() < HEADER_BYTES || bytes.getInt() != MAGIC || bytes.getInt() != VERSION) {
      throw refused("it does not start as a WebAssembly module of version 1 does");
    }
    while (bytes.hasRemaining()) {
      int id = bytes.get();
      long size = length();
      if (id < CUSTOM || id > LAST || size > bytes.remaining()) {
        throw refused("section %d of %,d bytes is not one".formatted(id, size));
      }
      if (id == START) {
        throw refused("it has a start function");
      }
      long most = id == DATA ? Integer.MAX_VALUE : id == CODE ? MOST_CODE : MOST_OTHER;
      if (size > most) {
        throw refused("section %d has %,d bytes, at most %,d are read".formatted(id, size, most));
      }
      int end = bytes.position() + (int) size;
      if (id == MEMORY && size > 2) {
        bytes.position(bytes.position() + 2);
        pages = length();
      }
      bytes.position(end);
    }
    return pages;
  }

  private long length() {
    long value = 0;
    for (int i = 0; i < LEB_BYTES; i++) {
      if (!bytes.hasRemaining()) {
        break;
      }
      byte part = bytes.get();
      value |= (part & 0x7fL) << (7 * i);
      if (part >= 0) {
        return value;
      }
    }
    throw refused("the length of a section is cut off or too long");
  }

  private RuntimeException refused(String what) {
    return WasmProblems.refused(where, what);
  }
}
