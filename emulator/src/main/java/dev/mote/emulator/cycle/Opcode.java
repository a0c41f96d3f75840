package dev.mote.emulator.cycle;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A machine instruction as the disassembler prints it.
///
/// @param address where it lies
/// @param bytes its size
/// @param mnemonic without width suffix
/// @param operands the rest of the line, comments cut off
public record Opcode(long address, int bytes, String mnemonic, String operands) {

  private static final Pattern REGISTER =
      Pattern.compile(
          "\\b(r[0-9]|r1[0-2]|sp|lr|pc|ip|fp|sl|sb|[sdq][0-9]{1,2}|[ast][0-9]{1,2}|zero|ra|gp|tp)\\b");
  private static final Pattern RANGE = Pattern.compile("\\b([rsdq])([0-9]+)-\\1([0-9]+)\\b");
  private static final Pattern TARGET = Pattern.compile("(?:^|, ?)([0-9a-f]+) <");

  /// Registers in the order in which they are written, each as often as it is.
  public List<String> registers() {
    return registers(operands);
  }

  /// Registers inside of brackets or parentheses: what an address is computed from.
  public Set<String> addressRegisters() {
    int from = Math.max(operands.indexOf('['), operands.indexOf('('));
    int to = Math.max(operands.indexOf(']'), operands.indexOf(')'));
    return from < 0 || to < from
        ? Set.of()
        : new LinkedHashSet<>(registers(operands.substring(from, to)));
  }

  /// Registers of the list in braces.
  public List<String> listed() {
    int from = operands.indexOf('{');
    int to = operands.indexOf('}');
    return from < 0 || to < from ? List.of() : registers(operands.substring(from, to));
  }

  /// Where a direct branch goes; empty for other instructions.
  public OptionalLong target() {
    Matcher target = TARGET.matcher(operands);
    return target.find()
        ? OptionalLong.of(Long.parseLong(target.group(1), 16))
        : OptionalLong.empty();
  }

  private static List<String> registers(String text) {
    List<String> found = new ArrayList<>();
    String expanded =
        RANGE
            .matcher(text)
            .replaceAll(
                range -> {
                  List<String> all = new ArrayList<>();
                  int last = Integer.parseInt(range.group(3));
                  for (int i = Integer.parseInt(range.group(2)); i <= last; i++) {
                    all.add(range.group(1) + i);
                  }
                  return String.join(", ", all);
                });
    Matcher register = REGISTER.matcher(expanded);
    while (register.find()) {
      found.add(register.group(1));
    }
    return found;
  }
}
