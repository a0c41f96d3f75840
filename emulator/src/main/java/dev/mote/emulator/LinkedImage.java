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
import java.util.Optional;
import java.util.Set;

/// The contents of a linked program that keeps its relocations, and what of them depends on where
/// it lies.
///
/// The file comes from our own call of a linker; a 32-bit little-endian ELF file is taken for
/// granted.
///
/// @param bytes all sections in memory, from the lowest address on, with pointers in
///     [#PLACED] turned into distances from there
/// @param alignment the largest of any section
/// @param readOnlyBytes what of them is constants
/// @param problems why the image cannot run anywhere; empty when it can
record LinkedImage(byte[] bytes, int alignment, long readOnlyBytes, List<String> problems) {

  /// The section whose pointers are distances.
  static final String PLACED = ".placed";

  private static final int NO_BITS = 8;
  private static final int RELA = 4;
  private static final int REL = 9;
  private static final int WRITABLE = 1;
  private static final int ALLOCATED = 2;
  private static final int EXECUTABLE = 4;
  private static final int MACHINE_ARM = 40;

  /// R_ARM_ABS32 and R_RISCV_32: the only ones that a table of pointers may have.
  private static final int ARM_POINTER = 2;

  private static final int RISCV_POINTER = 1;

  /// Distances within the image: REL32, THM_CALL, THM_PC8, THM_JUMP24, V4BX, PREL31,
  /// THM_MOVW_PREL, THM_MOVT_PREL, THM_JUMP19, THM_JUMP6, THM_ALU_PREL, THM_PC12, THM_JUMP11,
  /// THM_JUMP8, THM_BF16, THM_BF12, THM_BF18. Source: Arm, "ELF for the Arm Architecture", table
  /// of relocation codes.
  private static final Set<Integer> ARM_RELATIVE =
      Set.of(0, 3, 10, 11, 30, 40, 42, 49, 50, 51, 52, 53, 54, 102, 103, 136, 137, 138);

  /// Distances: BRANCH, JAL, CALL, CALL_PLT, PCREL_HI20 and its low parts, ADDn, SUBn, ALIGN, RVC
  /// jumps, RELAX, SUB6, SETn, 32_PCREL. Source: "RISC-V ABIs Specification", relocations.
  private static final Set<Integer> RISCV_RELATIVE =
      Set.of(
          0, 16, 17, 18, 19, 23, 24, 25, 33, 34, 35, 36, 37, 38, 39, 40, 43, 44, 45, 51, 52, 53, 54,
          55, 56, 57);

  private record Section(
      String name,
      int type,
      int flags,
      long address,
      int offset,
      int bytes,
      int link,
      int target,
      int alignment) {

    boolean inMemory() {
      return (flags & ALLOCATED) != 0 && bytes > 0;
    }
  }

  /// Reads the file; `base` is its lowest address.
  static LinkedImage read(Path file, long base) {
    try {
      return of(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN), base);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LinkedImage of(ByteBuffer elf, long base) {
    List<Section> sections = sections(elf);
    List<Section> memory = sections.stream().filter(Section::inMemory).toList();
    List<String> problems = new ArrayList<>();
    long end = base;
    for (Section section : memory) {
      end = Math.max(end, section.address() + section.bytes());
      boolean variable =
          section.type() == NO_BITS
              || ((section.flags() & WRITABLE) != 0 && !section.name().equals(PLACED));
      if (variable) {
        problems.add(
            "%,d bytes outside of the arena are writable, or hold addresses (section %s: %s)"
                .formatted(section.bytes(), section.name(), contents(elf, sections, section)));
      }
    }
    if (!problems.isEmpty()) {
      return new LinkedImage(new byte[0], 4, 0, problems);
    }
    int size = Math.toIntExact((end - base + 3) & ~3L);
    ByteBuffer image = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (Section section : memory) {
      image.put((int) (section.address() - base), elf.array(), section.offset(), section.bytes());
    }
    sections.stream()
        .filter(section -> section.type() == REL || section.type() == RELA)
        .filter(section -> sections.get(section.target()).inMemory())
        .forEach(section -> relocate(elf, sections, section, image, base, problems));
    return new LinkedImage(
        image.array(),
        memory.stream().mapToInt(Section::alignment).max().orElse(1),
        memory.stream()
            .filter(section -> (section.flags() & EXECUTABLE) == 0)
            .mapToLong(Section::bytes)
            .sum(),
        problems.stream().distinct().toList());
  }

  private static void relocate(
      ByteBuffer elf,
      List<Section> sections,
      Section relocations,
      ByteBuffer image,
      long base,
      List<String> problems) {
    boolean arm = elf.getShort(18) == MACHINE_ARM;
    Section target = sections.get(relocations.target());
    boolean placed = target.name().equals(PLACED);
    int step = relocations.type() == RELA ? 12 : 8;
    for (int at = relocations.offset();
        at < relocations.offset() + relocations.bytes();
        at += step) {
      long address = Integer.toUnsignedLong(elf.getInt(at));
      int type = elf.getInt(at + 4) & 0xff;
      if (placed && type == (arm ? ARM_POINTER : RISCV_POINTER)) {
        int place = (int) (address - base);
        image.putInt(place, (int) (image.getInt(place) - base));
      } else if (!(arm ? ARM_RELATIVE : RISCV_RELATIVE).contains(type)) {
        int symbol = elf.getInt(at + 4) >>> 8;
        problems.add(
            "%s depends on where it lies (relocation %d, %s)"
                .formatted(
                    functionAt(elf, sections, address).orElse(target.name()),
                    type,
                    symbolName(elf, sections, sections.get(relocations.link()), symbol)));
      }
    }
  }

  private static List<Section> sections(ByteBuffer elf) {
    int table = elf.getInt(32);
    int entry = elf.getShort(46);
    int names = elf.getInt(table + elf.getShort(50) * entry + 16);
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < elf.getShort(48); i++) {
      int at = table + i * entry;
      sections.add(
          new Section(
              string(elf, names + elf.getInt(at)),
              elf.getInt(at + 4),
              elf.getInt(at + 8),
              Integer.toUnsignedLong(elf.getInt(at + 12)),
              elf.getInt(at + 16),
              elf.getInt(at + 20),
              elf.getInt(at + 24),
              elf.getInt(at + 28),
              elf.getInt(at + 32)));
    }
    return sections;
  }

  private static String symbolName(
      ByteBuffer elf, List<Section> sections, Section symbols, int index) {
    int at = symbols.offset() + 16 * index;
    String name = string(elf, sections.get(symbols.link()).offset() + elf.getInt(at));
    int section = Short.toUnsignedInt(elf.getShort(at + 14));
    return name.isEmpty() && section < sections.size() ? sections.get(section).name() : name;
  }

  private static Optional<String> functionAt(ByteBuffer elf, List<Section> sections, long address) {
    return symbols(elf, sections).stream()
        .filter(s -> s.address() <= address && address < s.address() + s.bytes())
        .map(Symbol::name)
        .findFirst();
  }

  /// The names of up to five objects in `section`.
  private static String contents(ByteBuffer elf, List<Section> sections, Section section) {
    List<String> names =
        symbols(elf, sections).stream()
            .filter(s -> s.bytes() > 0 && s.address() >= section.address())
            .filter(s -> s.address() < section.address() + section.bytes())
            .map(Symbol::name)
            .limit(5)
            .toList();
    return names.isEmpty() ? "no symbols" : String.join(", ", names);
  }

  private record Symbol(String name, long address, long bytes) {}

  private static List<Symbol> symbols(ByteBuffer elf, List<Section> sections) {
    List<Symbol> found = new ArrayList<>();
    for (Section section : sections) {
      if (section.type() == 2) {
        for (int at = section.offset(); at < section.offset() + section.bytes(); at += 16) {
          found.add(
              new Symbol(
                  string(elf, sections.get(section.link()).offset() + elf.getInt(at)),
                  Integer.toUnsignedLong(elf.getInt(at + 4)) & ~1L,
                  Integer.toUnsignedLong(elf.getInt(at + 8))));
        }
      }
    }
    return found;
  }

  private static String string(ByteBuffer elf, int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    return new String(elf.array(), at, end - at, StandardCharsets.UTF_8);
  }
}
