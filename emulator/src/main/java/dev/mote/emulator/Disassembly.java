package dev.mote.emulator;

import dev.mote.plugin.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

  private Disassembly() {}

  static ExecutionProfile profile(Target target, Path program, Map<Long, Long> executions) {
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
    List<ExecutionProfile.Instruction> executed = new ArrayList<>();
    String function = "";
    for (String line : outcome.output().lines().toList()) {
      Matcher head = FUNCTION.matcher(line);
      if (head.matches()) {
        function = head.group(1);
        continue;
      }
      Matcher instruction = INSTRUCTION.matcher(line);
      if (instruction.matches()) {
        long address = Long.parseLong(instruction.group(1), 16);
        long count = executions.getOrDefault(address, 0L);
        if (count > 0) {
          executed.add(
              new ExecutionProfile.Instruction(
                  address,
                  function,
                  instruction.group(2).replaceFirst("\\.[nw]$", ""),
                  Optional.ofNullable(instruction.group(3)).orElse("").strip(),
                  count));
        }
      }
    }
    return new ExecutionProfile(executed);
  }
}
