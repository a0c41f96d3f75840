package dev.mote.emulator;

import dev.mote.emulator.cycle.ExecutedBlock;
import dev.mote.emulator.cycle.Opcode;
import dev.mote.plugin.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Joins execution counts with what `objdump` says of a program.
final class Disassembly {

  private static final Pattern FUNCTION = Pattern.compile("^[0-9a-f]+ <([^>]+)>:$");
  private static final Pattern INSTRUCTION =
      Pattern.compile("^\\s*([0-9a-f]+):\\t(\\S+)(?:\\s+(.*))?$");

  /// An instruction and the function that it is in.
  private record Line(Opcode opcode, String function) {}

  private final Map<Long, Line> lines = new LinkedHashMap<>();

  /// Disassembles `program`.
  static Disassembly of(Target target, Path program) {
    List<String> command =
        List.of(
            RequiredTools.require(RequiredTools.objdump(target)),
            "--disassemble",
            "--no-show-raw-insn",
            program.toString());
    Command.Outcome outcome =
        new Command(command, Path.of(System.getProperty("java.io.tmpdir")), Duration.ofMinutes(1))
            .run();
    if (!outcome.succeeded()) {
      throw Problems.broken("objdump", outcome.output());
    }
    Disassembly disassembly = new Disassembly();
    disassembly.read(outcome.output().lines().toList());
    return disassembly;
  }

  /// An instruction's size is the distance to the next one, at most 4 bytes.
  private void read(List<String> text) {
    String function = "";
    for (int i = 0; i < text.size(); i++) {
      Matcher head = FUNCTION.matcher(text.get(i));
      if (head.matches()) {
        function = head.group(1);
        continue;
      }
      Matcher instruction = INSTRUCTION.matcher(text.get(i));
      if (instruction.matches()) {
        long address = Long.parseLong(instruction.group(1), 16);
        Matcher next = INSTRUCTION.matcher(i + 1 < text.size() ? text.get(i + 1) : "");
        long behind = next.matches() ? Long.parseLong(next.group(1), 16) : address + 4;
        String operands = Optional.ofNullable(instruction.group(3)).orElse("");
        lines.put(
            address,
            new Line(
                new Opcode(
                    address,
                    (int) Math.clamp(behind - address, 2, 4),
                    instruction.group(2).replaceFirst("\\.[nw]$", ""),
                    operands.replaceFirst("\\s*[;@#] .*$", "").strip()),
                function));
      }
    }
  }

  /// Every instruction by its address.
  Map<Long, Opcode> program() {
    Map<Long, Opcode> program = new HashMap<>();
    lines.forEach((address, line) -> program.put(address, line.opcode()));
    return program;
  }

  /// What was executed, with its instructions.
  List<ExecutedBlock> executed(List<InstructionCounter.Block> blocks) {
    return blocks.stream()
        .map(
            block ->
                new ExecutedBlock(
                    block.layer(),
                    block.executions(),
                    block.taken(),
                    block.flashBytes(),
                    block.addresses().stream().map(this::opcode).toList()))
        .toList();
  }

  private Opcode opcode(long address) {
    Line line = lines.get(address);
    return line == null ? new Opcode(address, 2, "unknown", "") : line.opcode();
  }

  /// How often each instruction was executed.
  ExecutionProfile profile(List<InstructionCounter.Block> blocks) {
    Map<Long, Long> executions = new HashMap<>();
    for (InstructionCounter.Block block : blocks) {
      block.addresses().forEach(at -> executions.merge(at, block.executions(), Long::sum));
    }
    List<ExecutionProfile.Instruction> executed = new ArrayList<>();
    lines.forEach(
        (address, line) -> {
          long count = executions.getOrDefault(address, 0L);
          if (count > 0) {
            executed.add(
                new ExecutionProfile.Instruction(
                    address,
                    line.function(),
                    line.opcode().mnemonic(),
                    line.opcode().operands(),
                    count));
          }
        });
    return new ExecutionProfile(executed);
  }
}
