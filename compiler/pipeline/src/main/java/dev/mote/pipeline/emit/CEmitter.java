package dev.mote.pipeline.emit;

import static java.util.stream.Collectors.joining;

import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.ConstantTable;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.pipeline.plan.LoweredStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Writes a laid-out model as one C99 header and one C99 source.
public final class CEmitter {

  /// The two files and what their tables weigh.
  ///
  /// @param header contents of `<symbol>.h`
  /// @param source contents of `<symbol>.c`
  /// @param weightBytes the model's own constants
  /// @param tableBytes tables that the compiler added
  public record Sources(String header, String source, long weightBytes, long tableBytes) {}

  private final Layout layout;
  private final String symbol;
  private final ConstantPool pool;

  private CEmitter(Layout layout) {
    this.layout = layout;
    this.symbol = layout.symbol();
    this.pool = new ConstantPool(symbol);
  }

  public static Sources emit(Layout layout) {
    return new CEmitter(layout).sources();
  }

  private Sources sources() {
    KernelLibrary kernels =
        new KernelLibrary(layout.steps().stream().map(step -> step.call().kernel()).toList());
    String layers =
        IntStream.range(0, layout.steps().size()).mapToObj(this::layer).collect(joining("\n"));
    TreeSet<String> headers = new TreeSet<>(kernels.systemHeaders());
    headers.add("string.h");
    String definitions = pool.definitions();
    if (definitions.contains("NAN") || definitions.contains("INFINITY")) {
      headers.add("math.h");
    }
    String source =
        CTemplates.SOURCE.fill(
            Map.ofEntries(
                Map.entry("origin", CLiteral.comment(layout.origin())),
                Map.entry("symbol", symbol),
                Map.entry("SYMBOL", upper()),
                Map.entry(
                    "headers",
                    headers.stream().map("#include <%s>\n"::formatted).collect(joining())),
                Map.entry("kernels", kernels.text()),
                Map.entry("tables", definitions),
                Map.entry("layers", layers),
                Map.entry("clear", clearState()),
                Map.entry("calls", calls("  %s_layer_%d(arena);\n")),
                Map.entry(
                    "observed_calls",
                    calls(
                        """
                          observer(context, %2$du, 0);
                          %1$s_layer_%2$d(arena);
                          observer(context, %2$du, 1);
                        """))));
    return new Sources(header(), source, pool.weightBytes(), pool.tableBytes());
  }

  private String upper() {
    return symbol.toUpperCase(Locale.ROOT);
  }

  private String calls(String format) {
    return IntStream.range(0, layout.steps().size())
        .mapToObj(i -> format.formatted(symbol, i))
        .collect(joining());
  }

  // ---- layers ----------------------------------------------------------------------------------

  private String layer(int index) {
    LoweredStep step = layout.steps().get(index);
    KernelCall call = step.call();
    List<String> statements = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    if (!call.parameters().isEmpty()) {
      statements.add(
          "static const %s_t p = {%s};"
              .formatted(
                  call.function(),
                  call.parameters().stream().map(CEmitter::field).collect(joining(", "))));
      arguments.add("&p");
    }
    for (Argument argument : call.arguments()) {
      arguments.add(pointer(argument, index, statements));
    }
    statements.add("(void)arena;");
    statements.add("%s(%s);".formatted(call.function(), String.join(", ", arguments)));
    return """
    /* %d: %s */
    MOTE_LAYER void %s_layer_%d(uint8_t *arena) {
    %s}
    """
        .formatted(
            index,
            CLiteral.comment(describe(step.node())),
            symbol,
            index,
            statements.stream().map("  %s\n"::formatted).collect(joining()));
  }

  private String describe(Node node) {
    String inputs =
        node.inputs().stream()
            .map(layout.graph()::tensor)
            .filter(tensor -> !tensor.isConstant())
            .map(tensor -> "[" + tensor.shape() + "]")
            .collect(joining(" "));
    String outputs =
        node.outputs().stream()
            .map(name -> "[" + layout.graph().tensor(name).shape() + "]")
            .collect(joining(" "));
    return "%s '%s' %s -> %s".formatted(node.op().label(), node.name(), inputs, outputs);
  }

  private static String field(Parameter parameter) {
    String value =
        switch (parameter) {
          case Parameter.Int p -> CLiteral.of(p.value());
          case Parameter.Real p -> CLiteral.of(p.value());
          case Parameter.Ints p ->
              p.values().stream().map(CLiteral::of).collect(joining(", ", "{", "}"));
        };
    return "." + parameter.name() + " = " + value;
  }

  private String pointer(Argument argument, int index, List<String> statements) {
    Node node = layout.steps().get(index).node();
    return switch (argument) {
      case Argument.Input(int i) -> tensor(node.input(i), "const void *");
      case Argument.Output(int i) -> tensor(node.outputs().get(i), "void *");
      case Argument.Inputs() -> {
        statements.add(array("const void *const inputs", node.inputs(), "const void *"));
        yield "inputs";
      }
      case Argument.Outputs() -> {
        statements.add(array("void *const outputs", node.outputs(), "void *"));
        yield "outputs";
      }
      case Argument.Variable(String tensor) -> tensor(tensor, "void *");
      case Argument.Table(ConstantTable table) -> pool.nameOf(table);
      case Argument.Scratch() -> address(layout.scratchOffsets().getOrDefault(index, 0), "void *");
      case Argument.Absent() -> "NULL";
    };
  }

  private String array(String declaration, List<String> tensors, String type) {
    return "%s[%d] = {%s};"
        .formatted(
            declaration,
            tensors.size(),
            tensors.stream().map(name -> tensor(name, type)).collect(joining(", ")));
  }

  private String tensor(String name, String type) {
    Tensor tensor = layout.graph().tensor(name);
    if (tensor.data().isPresent()) {
      return pool.nameOf(ConstantTable.weights(tensor.element(), tensor.data().get()));
    }
    return address(layout.tensorOffsets().getOrDefault(name, 0), type);
  }

  private static String address(int offset, String type) {
    return "(%s)(arena + %d)".formatted(type, offset);
  }

  private String clearState() {
    return layout.graph().variables().stream()
        .map(layout.graph()::tensor)
        .map(this::clear)
        .collect(joining());
  }

  /// State starts as real zero: the zero point of a quantized tensor, in every byte or half word.
  private String clear(Tensor variable) {
    int offset = layout.tensorOffsets().getOrDefault(variable.name(), 0);
    int zero = variable.quantization() instanceof Quantization.PerTensor p ? p.zeroPoint() : 0;
    return "  memset((uint8_t *)arena + %d, %d, %du);\n"
        .formatted(offset, zero, variable.type().bytes());
  }

  // ---- header ----------------------------------------------------------------------------------

  private String header() {
    return CTemplates.HEADER.fill(
        Map.ofEntries(
            Map.entry("origin", CLiteral.comment(layout.origin())),
            Map.entry("symbol", symbol),
            Map.entry("SYMBOL", upper()),
            Map.entry("arena_bytes", Integer.toString(layout.arenaBytes())),
            Map.entry("arena_alignment", Integer.toString(layout.arenaAlignment())),
            Map.entry("layers", Integer.toString(layout.steps().size())),
            Map.entry("input_count", Integer.toString(layout.inputs().size())),
            Map.entry("output_count", Integer.toString(layout.outputs().size())),
            Map.entry("inputs", borders(layout.inputs(), "INPUT")),
            Map.entry("outputs", borders(layout.outputs(), "OUTPUT")),
            Map.entry("input_accessors", accessors(layout.inputs(), CTemplates.INPUT_ACCESSOR)),
            Map.entry(
                "output_accessors", accessors(layout.outputs(), CTemplates.OUTPUT_ACCESSOR))));
  }

  private String borders(List<Border> borders, String direction) {
    return IntStream.range(0, borders.size())
        .mapToObj(i -> border(borders.get(i), upper() + "_" + direction + "_" + i))
        .collect(joining("\n"));
  }

  private static String border(Border border, String prefix) {
    String plain =
        CTemplates.BORDER.fill(
            Map.of(
                "prefix",
                prefix,
                "name",
                CLiteral.comment(border.tensor()),
                "type",
                border.type().element().label(),
                "shape",
                border.type().shape().toString(),
                "length",
                Integer.toString(border.type().shape().count()),
                "bytes",
                Long.toString(border.type().bytes()),
                "offset",
                Integer.toString(border.offset())));
    if (!(border.type().quantization() instanceof Quantization.PerTensor q)) {
      return plain;
    }
    return plain
        + CTemplates.QUANTIZED_BORDER.fill(
            Map.of(
                "prefix",
                prefix,
                "scale",
                CLiteral.decimal(q.scale()),
                "zero_point",
                Integer.toString(q.zeroPoint())));
  }

  private String accessors(List<Border> borders, Template template) {
    return IntStream.range(0, borders.size())
        .mapToObj(
            i ->
                template.fill(
                    Map.of(
                        "symbol",
                        symbol,
                        "SYMBOL",
                        upper(),
                        "index",
                        Integer.toString(i),
                        "type",
                        ConstantPool.type(borders.get(i).type().element()))))
        .collect(joining("\n"));
  }
}
