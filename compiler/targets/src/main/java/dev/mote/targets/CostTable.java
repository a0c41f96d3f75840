package dev.mote.targets;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the kernels cost on one instruction set: cycles by the work of a layer, and bytes of code.
///
/// The text form is a properties file, which `make costs` writes:
///
/// ```properties
/// # cycles per product | product inside the image | row of a window | output | input | call |
/// least per product
/// # || bytes of code once | for each call
/// mote_dsp_pointwise_s8 = 1.12 | 0 | 0 | 9.8 | 0.9 | 160 | 1.2 || 640 | 40
/// # the same kernel on windows of one element
/// mote_conv2d_s8.1x1 = 1.6 | 0 | 0 | 40 | 0 | 0 | 1.7 || 0 | 300
/// # bytes of constants that it loads, by the same work
/// flash.mote_dsp_pointwise_s8 = 0.5 | 0 | 0 | 6 | 0 | 20 | 0
/// # kernels without a row of their own, by family and element type
/// family.convolution.s8 = 1.6 | 0 | 0 | 14 | 0 | 300 | 1.5 || 0 | 500
/// # cycles of a core for each cycle of the one that the rows hold for
/// core.Cortex-M7F = 0.6
/// # bytes of code that are executed in a cycle
/// code-bytes-per-cycle = 2.2
/// source.1 = how the figures were found
/// ```
///
/// @param kernels name of the C function → its row
/// @param families name of a family of kernels → the row for its unknown kernels
/// @param flash name of the C function → bytes of constants that it loads
/// @param codeBytesPerCycle bytes of code that are executed in a cycle
/// @param cores core → cycles for each cycle of the table
/// @param sources how the figures were found
public record CostTable(
    Map<String, Row> kernels,
    Map<String, Row> families,
    Map<String, Row> flash,
    double codeBytesPerCycle,
    Map<String, Double> cores,
    List<String> sources) {

  /// What follows the name of a kernel in the row for windows of one element.
  public static final String POINTWISE = ".1x1";

  private static final String NUMBER = "([0-9]{1,9}(?:\\.[0-9]{1,6})?)";
  private static final String BAR = " *\\| *";
  private static final Pattern ROW =
      Pattern.compile(
          String.join(BAR, Collections.nCopies(Row.TERMS, NUMBER))
              + "(?: *\\|\\| *"
              + NUMBER
              + BAR
              + NUMBER
              + ")?");
  private static final Row UNKNOWN = new Row(0, 0, 0, 0, 0, 0, 0, 0, 0);
  private static final Map<Target.InstructionSet, CostTable> TABLES = tables();

  public CostTable {
    kernels = Map.copyOf(kernels);
    families = Map.copyOf(families);
    flash = Map.copyOf(flash);
    cores = Map.copyOf(cores);
    sources = List.copyOf(sources);
  }

  /// What a call does, in the units of a row.
  ///
  /// @param products multiply-accumulates, those with padding too; for a pooling the elements of
  /// its
  ///     windows
  /// @param inside those of them that lie inside the image
  /// @param segments rows of windows: outputs times the height of the window
  /// @param outputs elements of the outputs
  /// @param inputs elements of the first input
  public record Work(long products, long inside, long segments, long outputs, long inputs) {}

  /// The coefficients of one kernel.
  ///
  /// @param perProduct cycles for each product
  /// @param perInside cycles for each product inside the image
  /// @param perSegment cycles for each row of a window
  /// @param perOutput cycles for each element of the output
  /// @param perInput cycles for each element of the first input
  /// @param perCall cycles for each call
  /// @param least fewest cycles for a product that were seen, below which nothing is estimated
  /// @param sharedBytes code that all layers with this kernel share
  /// @param callBytes code for each layer
  public record Row(
      double perProduct,
      double perInside,
      double perSegment,
      double perOutput,
      double perInput,
      double perCall,
      double least,
      double sharedBytes,
      double callBytes) {

    static final int TERMS = 7;

    /// Cycles, or bytes, of one call.
    public double of(Work work) {
      double sum =
          perProduct * work.products
              + perInside * work.inside
              + perSegment * work.segments
              + perOutput * work.outputs
              + perInput * work.inputs
              + perCall;
      return Math.max(sum, least * work.products);
    }
  }

  /// The table of an instruction set; one without rows for the host, whose cycles nobody counts.
  public static CostTable of(Target.InstructionSet instructionSet) {
    return TABLES.getOrDefault(
        instructionSet, new CostTable(Map.of(), Map.of(), Map.of(), 0, Map.of(), List.of()));
  }

  /// A kernel's name without the part that says how it clamps: one row serves all.
  public static String withoutClamp(String function) {
    return function.replaceFirst("_(clamp|relu|rectified)(?=_)", "");
  }

  /// The row of `function`; empty when the kernel was never measured.
  public Optional<Row> kernel(String function) {
    return Optional.ofNullable(kernels.get(withoutClamp(function)));
  }

  /// The row of `function` on windows of one element if `pointwise`, where it has one of its own.
  public Optional<Row> kernel(String function, boolean pointwise) {
    Row row = pointwise ? kernels.get(withoutClamp(function) + POINTWISE) : null;
    return Optional.ofNullable(row).or(() -> kernel(function));
  }

  /// The row for unknown kernels of a family: that of `family.types`, else that of `family`, else
  /// one of zeros.
  public Row family(String family, String types) {
    Row row = families.get(family + "." + types);
    return row == null ? families.getOrDefault(family, UNKNOWN) : row;
  }

  /// Bytes of constants that `function` loads; nothing for an unknown kernel.
  public Row flashBytes(String function, boolean pointwise) {
    String kernel = withoutClamp(function);
    Row row = pointwise ? flash.get(kernel + POINTWISE) : null;
    return row == null ? flash.getOrDefault(kernel, UNKNOWN) : row;
  }

  /// Cycles of `core` for each cycle of the table.
  public double factor(String core) {
    return cores.getOrDefault(core, 1.0);
  }

  private static Map<Target.InstructionSet, CostTable> tables() {
    Map<Target.InstructionSet, CostTable> tables = new EnumMap<>(Target.InstructionSet.class);
    for (Target.InstructionSet set : Target.InstructionSet.values()) {
      String file = set.name().toLowerCase(Locale.ROOT) + ".properties";
      try (InputStream stream = CostTable.class.getResourceAsStream("costs/" + file)) {
        if (stream != null) {
          tables.put(set, parse(file, new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return tables;
  }

  /// Reads a table.
  ///
  /// @param file how errors call it
  /// @throws DiagnosticException with everything that is wrong
  public static CostTable parse(String file, String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      throw new DiagnosticException(malformed(file, "it is not a properties file: " + e));
    }
    Map<String, Row> kernels = new TreeMap<>();
    Map<String, Row> families = new TreeMap<>();
    Map<String, Row> flash = new TreeMap<>();
    Map<String, Double> cores = new TreeMap<>();
    double codeBytes = 0;
    List<String> sources = new ArrayList<>();
    List<Diagnostic> problems = new ArrayList<>();
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      String value = properties.getProperty(key).strip();
      if (key.startsWith("source.")) {
        sources.add(value);
      } else if (key.startsWith("core.") || key.equals("code-bytes-per-cycle")) {
        double factor = factor(file, key, value, problems);
        if (key.startsWith("core.")) {
          cores.put(key.substring("core.".length()), factor);
        } else {
          codeBytes = factor;
        }
      } else if (key.startsWith("flash.")) {
        row(file, key, value, problems)
            .ifPresent(row -> flash.put(key.substring("flash.".length()), row));
      } else if (key.startsWith("family.")) {
        row(file, key, value, problems)
            .ifPresent(row -> families.put(key.substring("family.".length()), row));
      } else {
        row(file, key, value, problems).ifPresent(row -> kernels.put(key, row));
      }
    }
    if (sources.isEmpty()) {
      problems.add(malformed(file, "there is no source.1"));
    }
    if (!problems.isEmpty()) {
      throw new DiagnosticException(problems);
    }
    return new CostTable(kernels, families, flash, codeBytes, cores, sources);
  }

  private static double factor(String file, String key, String value, List<Diagnostic> problems) {
    if (value.matches(NUMBER)) {
      return Double.parseDouble(value);
    }
    problems.add(malformed(file, "'" + value + "' of " + key + " is not a factor"));
    return 1;
  }

  private static Optional<Row> row(
      String file, String key, String value, List<Diagnostic> problems) {
    Matcher fields = ROW.matcher(value);
    if (!fields.matches()) {
      problems.add(malformed(file, "'" + value + "' of " + key + " is not a row of costs"));
      return Optional.empty();
    }
    double[] n = new double[Row.TERMS + 2];
    for (int i = 0; i < n.length; i++) {
      n[i] = fields.group(i + 1) == null ? 0 : Double.parseDouble(fields.group(i + 1));
    }
    return Optional.of(new Row(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]));
  }

  private static Diagnostic malformed(String file, String what) {
    return Diagnostic.user(
        Targets.MALFORMED, "cost table " + file, what, "Write it anew with 'make costs'.");
  }
}
