package dev.mote.emulator;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// How often each machine instruction of a program was executed.
///
/// @param instructions those that were executed at least once, by address
public record ExecutionProfile(List<Instruction> instructions) {

  /// One machine instruction.
  ///
  /// @param address where it lies
  /// @param function the function it belongs to
  /// @param mnemonic as the disassembler prints it, without width suffix
  /// @param operands as the disassembler prints them
  /// @param executions how often it was executed
  public record Instruction(
      long address, String function, String mnemonic, String operands, long executions) {}

  public ExecutionProfile {
    instructions = List.copyOf(instructions);
  }

  /// All executions together.
  public long total() {
    return instructions.stream().mapToLong(Instruction::executions).sum();
  }

  /// Function → instructions executed in it, the largest first.
  public Map<String, Long> byFunction() {
    return sums(Instruction::function);
  }

  /// Mnemonic → executions, the largest first.
  public Map<String, Long> byMnemonic() {
    return sums(Instruction::mnemonic);
  }

  private Map<String, Long> sums(Function<Instruction, String> key) {
    Map<String, Long> sums = new TreeMap<>();
    for (Instruction instruction : instructions) {
      sums.merge(key.apply(instruction), instruction.executions(), Long::sum);
    }
    Map<String, Long> sorted = new LinkedHashMap<>();
    sums.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return Collections.unmodifiableMap(sorted);
  }
}
