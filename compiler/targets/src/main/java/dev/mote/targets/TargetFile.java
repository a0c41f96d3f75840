package dev.mote.targets;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Device;
import dev.mote.plugin.Target;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The text form of a [Target]: a Java properties file.
///
/// ```properties
/// description = STMicroelectronics STM32G0B1RE (NUCLEO-G0B1RE)
/// core = Cortex-M0+
/// instruction-set = ARMV6M
/// clock-hz = 64000000
/// # name | kind | origin | size in KiB | wait states at the highest clock
/// memory.1 = Flash | FLASH | 0x08000000 | 512K | 2
/// # then, for a memory with a cache: bytes of a line | share of lines of code found in it | code
/// or data
/// memory.2 = QSPI | FLASH | 0x90000000 | 8192K | 20 | 32 | 0.98 | data
/// compiler = arm-none-eabi-gcc
/// flags = -mcpu=cortex-m0plus -mthumb -mfloat-abi=soft
/// board = microbit
/// # what else is known; see Device
/// fact.active-microwatts = 9900
/// source.1 = data sheet, revision, where in it
/// ```
///
/// `clock-hz`, `memory.N`, `flags`, `board` and `fact.NAME` are optional; every other key is
/// required, an
/// unknown one is an error.
final class TargetFile {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
  private static final Pattern MEMORY =
      Pattern.compile(
          "([^|]+?) *\\| *(FLASH|RAM) *\\| *0x([0-9A-Fa-f]{8}) *\\| *([0-9]{1,7})K *\\| *([0-9]{1,3})"
              + "(?: *\\| *([1-9][0-9]{0,2}) *\\| *(0(?:\\.[0-9]{1,4})?|1) *\\| *(code|data))?");
  private static final Pattern NUMBERED = Pattern.compile("(memory|source)\\.[1-9][0-9]*");
  private static final String FACT = "fact.";
  private static final Set<String> KEYS =
      Set.of(
          "description",
          "core",
          "instruction-set",
          "clock-hz",
          "compiler",
          "flags",
          "board",
          "memory.1",
          "source.1");

  private final String name;
  private final Properties properties;
  private final List<Diagnostic> problems = new ArrayList<>();

  private TargetFile(String name, Properties properties) {
    this.name = name;
    this.properties = properties;
  }

  /// Reads a target.
  ///
  /// @param name the target's name, which is the file's without suffix
  /// @throws DiagnosticException with everything that is wrong
  static Target parse(String name, String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException e) {
      throw new AssertionError("reading a string does not fail", e);
    } catch (IllegalArgumentException e) {
      throw new DiagnosticException(
          malformed(name, "it is not a properties file: " + e.getMessage(), "Mend the escape."));
    }
    return new TargetFile(name, properties).read();
  }

  private Target read() {
    if (!NAME.matcher(name).matches()) {
      problem(
          "'" + name + "' is not a target name",
          "Use lower-case letters, digits and hyphens, as the file's name too.");
    }
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      if (!KEYS.contains(key) && !NUMBERED.matcher(key).matches() && !isFact(key)) {
        problem(
            "unknown key '"
                + key
                + "'"
                + Spelling.closest(key, new TreeSet<>(KEYS))
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse(""),
            "Use the keys " + String.join(", ", new TreeSet<>(KEYS)) + ".");
      }
    }
    String description = required("description");
    String core = required("core");
    Target.InstructionSet instructionSet = instructionSet(required("instruction-set"));
    long clockHz = clock(properties.getProperty("clock-hz", "0"));
    List<Target.Memory> memories = memories();
    String compiler = required("compiler");
    String flags = properties.getProperty("flags", "").strip();
    Optional<String> board =
        Optional.ofNullable(properties.getProperty("board")).map(String::strip);
    List<String> sources = numbered("source");
    if (sources.isEmpty()) {
      problem("there is no 'source.1'", "Say where the figures come from.");
    }
    Map<String, String> facts = facts();
    if (!problems.isEmpty()) {
      throw new DiagnosticException(problems);
    }
    return new Target(
        name,
        description,
        core,
        instructionSet,
        clockHz,
        memories,
        new Target.Toolchain(compiler, flags.isEmpty() ? List.of() : List.of(flags.split("\\s+"))),
        board,
        sources,
        facts);
  }

  private static boolean isFact(String key) {
    return key.startsWith(FACT) && key.substring(FACT.length()).matches(Device.FACT_NAME);
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (isFact(key)) {
        facts.put(key.substring(FACT.length()), required(key));
      }
    }
    String power = facts.getOrDefault(Device.ACTIVE_MICROWATTS, "1");
    if (!power.matches("[1-9][0-9]{0,8}")) {
      problem(
          FACT + Device.ACTIVE_MICROWATTS + " '" + power + "' is not a power",
          "Write whole microwatts, as digits.");
    }
    return facts;
  }

  private String required(String key) {
    String value = properties.getProperty(key, "").strip();
    if (value.isEmpty()) {
      problem("the key '" + key + "' is missing or empty", "Add it.");
    }
    return value;
  }

  private Target.InstructionSet instructionSet(String value) {
    for (Target.InstructionSet set : Target.InstructionSet.values()) {
      if (set.name().equals(value)) {
        return set;
      }
    }
    if (!value.isEmpty()) {
      problem(
          "'" + value + "' is not an instruction set",
          "Use one of " + List.of(Target.InstructionSet.values()) + ".");
    }
    return Target.InstructionSet.HOST;
  }

  private long clock(String value) {
    if (value.strip().matches("[0-9]{1,12}")) {
      return Long.parseLong(value.strip());
    }
    problem("clock-hz '" + value + "' is not a frequency", "Write the clock in Hz, as digits.");
    return 0;
  }

  private List<Target.Memory> memories() {
    List<Target.Memory> memories = new ArrayList<>();
    for (String text : numbered("memory")) {
      Matcher fields = MEMORY.matcher(text);
      if (!fields.matches()) {
        problem(
            "'" + text + "' is not a memory",
            "Write: name | FLASH or RAM | 0x and eight digits | sizeK | wait states, and for a cache"
                + " | line bytes | hits of 0 to 1 | code or data.");
        continue;
      }
      memories.add(
          new Target.Memory(
              fields.group(1),
              Target.Memory.Kind.valueOf(fields.group(2)),
              Long.parseLong(fields.group(3), 16),
              Long.parseLong(fields.group(4)) * 1024,
              Integer.parseInt(fields.group(5)),
              fields.group(6) == null ? 4 : Integer.parseInt(fields.group(6)),
              fields.group(7) == null ? 0 : Double.parseDouble(fields.group(7)),
              "data".equals(fields.group(8))));
    }
    return memories;
  }

  /// Values of `prefix.1`, `prefix.2`, … up to the first number that is missing.
  private List<String> numbered(String prefix) {
    List<String> values = new ArrayList<>();
    int count =
        (int)
            properties.stringPropertyNames().stream()
                .filter(key -> key.startsWith(prefix + "."))
                .count();
    for (int i = 1; i <= count; i++) {
      @Nullable String value = properties.getProperty(prefix + "." + i);
      if (value == null) {
        problem(
            "'" + prefix + "." + i + "' is missing, though there are " + count + " such keys",
            "Number them from 1 without a gap.");
      } else {
        values.add(value.strip());
      }
    }
    return values;
  }

  private void problem(String what, String fix) {
    problems.add(malformed(name, what, fix));
  }

  private static Diagnostic malformed(String name, String what, String fix) {
    return Diagnostic.user(Targets.MALFORMED, "target file " + name + ".properties", what, fix);
  }
}
