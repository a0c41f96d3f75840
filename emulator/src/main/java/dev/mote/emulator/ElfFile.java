package dev.mote.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Sections and symbols of a 32-bit little-endian ELF program.
///
/// Source: Tool Interface Standard, Executable and Linking Format Specification, version 1.2.
///
/// @param sections those that occupy memory when the program runs
/// @param symbols name → address, with the Thumb bit cleared from functions
/// @param functions address → name of the functions
record ElfFile(
    List<Section> sections, Map<String, Symbol> symbols, TreeMap<Long, String> functions) {

  private static final int SYMBOL_TABLE = 2;
  private static final int NO_BITS = 8;
  private static final int ALLOCATED = 2;
  private static final int WRITABLE = 1;
  private static final int EXECUTABLE = 4;
  private static final int OBJECT = 1;
  private static final int FUNCTION = 2;
  private static final int SYMBOL_BYTES = 16;

  /// A section.
  ///
  /// @param bytes its size in memory
  /// @param stored whether its contents are in the file
  record Section(String name, long bytes, boolean stored, boolean writable, boolean executable) {}

  /// A symbol.
  ///
  /// @param address with the Thumb bit cleared from functions
  /// @param bytes its size; 0 for a label
  /// @param function whether it is code
  record Symbol(long address, long bytes, boolean function) {}

  private record Header(String name, int type, int flags, long offset, long bytes, int link) {}

  static ElfFile read(Path file) {
    try {
      return parse(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ElfFile parse(ByteBuffer elf) {
    int tableOffset = elf.getInt(32);
    int entryBytes = elf.getShort(46);
    int count = elf.getShort(48);
    int namesOffset = elf.getInt(tableOffset + elf.getShort(50) * entryBytes + 16);
    List<Header> headers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = tableOffset + i * entryBytes;
      headers.add(
          new Header(
              string(elf, namesOffset + elf.getInt(at)),
              elf.getInt(at + 4),
              elf.getInt(at + 8),
              elf.getInt(at + 16),
              Integer.toUnsignedLong(elf.getInt(at + 20)),
              elf.getInt(at + 24)));
    }
    List<Section> sections =
        headers.stream()
            .filter(header -> (header.flags() & ALLOCATED) != 0)
            .map(
                header ->
                    new Section(
                        header.name(),
                        header.bytes(),
                        header.type() != NO_BITS,
                        (header.flags() & WRITABLE) != 0,
                        (header.flags() & EXECUTABLE) != 0))
            .toList();
    Map<String, Symbol> symbols = new TreeMap<>();
    TreeMap<Long, String> functions = new TreeMap<>();
    for (Header header : headers) {
      if (header.type() == SYMBOL_TABLE) {
        int strings = (int) headers.get(header.link()).offset();
        for (long at = header.offset(); at < header.offset() + header.bytes(); at += SYMBOL_BYTES) {
          addSymbol(elf, (int) at, strings, symbols, functions);
        }
      }
    }
    return new ElfFile(sections, symbols, functions);
  }

  private static void addSymbol(
      ByteBuffer elf,
      int at,
      int strings,
      Map<String, Symbol> symbols,
      TreeMap<Long, String> functions) {
    String name = string(elf, strings + elf.getInt(at));
    int type = elf.get(at + 12) & 0xf;
    boolean function = type == FUNCTION;
    long address = Integer.toUnsignedLong(elf.getInt(at + 4)) & (function ? ~1L : ~0L);
    long bytes = function || type == OBJECT ? Integer.toUnsignedLong(elf.getInt(at + 8)) : 0;
    if (!name.isEmpty() && !name.startsWith("$")) {
      symbols.put(name, new Symbol(address, bytes, function));
      if (function) {
        functions.put(address, name);
      }
    }
  }

  private static String string(ByteBuffer elf, int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - at];
    elf.get(at, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// Bytes of the sections that `wanted` holds for.
  long bytes(Predicate<Section> wanted) {
    return sections.stream().filter(wanted).mapToLong(Section::bytes).sum();
  }

  /// The function that `address` is in, with the distance from its start; empty outside of any.
  Optional<String> functionAt(long address) {
    return Optional.ofNullable(functions.floorEntry(address & ~1L))
        .map(entry -> "%s+0x%x".formatted(entry.getValue(), (address & ~1L) - entry.getKey()));
  }
}
