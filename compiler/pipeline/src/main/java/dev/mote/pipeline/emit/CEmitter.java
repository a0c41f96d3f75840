package dev.mote.pipeline.emit;

import static java.util.stream.Collectors.joining;

import dev.mote.ir.ElementType;
import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.plan.LoweredStep;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /// With fewer calls, code for any shape and parameters in flash save little and cost much time.
  private static final int CALLS_TO_SHARE = 10;

  private final Layout layout;
  private final String symbol;
  private final ConstantPool pool;

  private CEmitter(Layout layout) {
    this.layout = layout;
    this.symbol = layout.symbol();
    this.pool = new ConstantPool(symbol, layout.external());
  }

  public static Sources emit(Layout layout) {
    return new CEmitter(layout).sources();
  }

  private Sources sources() {
    KernelLibrary kernels =
        new KernelLibrary(
            CascadeText.kernels(layout.steps()), layout.shared() ? sharedFunctions() : Set.of());
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
                Map.entry("bank_parameters", two(", void *bank, size_t bank_bytes")),
                Map.entry("missing", missing()),
                Map.entry(
                    "unaligned",
                    "((uintptr_t)arena %% %1$s_ARENA_ALIGN) != 0u".formatted(upper())
                        + two(" || ((uintptr_t)bank %% %s_ARENA_ALIGN) != 0u".formatted(upper()))),
                Map.entry(
                    "small",
                    "arena_bytes < %s_ARENA_BYTES".formatted(upper())
                        + two(" || bank_bytes < %s_BANK_BYTES".formatted(upper()))),
                Map.entry("bodies", bodies())));
    return new Sources(header(), source, pool.weightBytes(), pool.tableBytes());
  }

  /// Kernels that so many layers call that one copy takes less flash than many specialised ones.
  private Set<String> sharedFunctions() {
    Map<String, Integer> uses = new HashMap<>();
    for (LoweredStep step : layout.steps()) {
      step.calls().forEach(call -> uses.merge(call.function(), 1, Integer::sum));
    }
    uses.values().removeIf(count -> count < CALLS_TO_SHARE);
    return uses.keySet();
  }

  /// `text` where the arena is in two memories.
  private String two(String text) {
    return layout.hasTwoMemories() ? text : "";
  }

  private String missing() {
    return "arena == NULL" + two(" || bank == NULL");
  }

  private String upper() {
    return symbol.toUpperCase(Locale.ROOT);
  }

  /// The functions that run the layers.
  private String bodies() {
    Map<String, String> holes = new HashMap<>();
    holes.put("symbol", symbol);
    holes.put("SYMBOL", upper());
    int first = layout.streamed().isPresent() ? 1 : 0;
    String indent = first == 0 ? "  " : "    ";
    String bank = two(", bank");
    holes.put("calls", calls(indent + "%s_layer_%d(arena" + bank + ");\n", first));
    holes.put(
        "observed_calls",
        calls(
            """
              observer(context, %2$du, 0);
              %1$s_layer_%2$d(arena{bank});
              observer(context, %2$du, 1);
            """
                .replace("{bank}", bank),
            first));
    if (layout.streamed().isEmpty()) {
      holes.put("bank", two(", void *bank_start"));
      holes.put("observed_bank", two("void *bank_start, "));
      holes.put("local", two("  uint8_t *const bank = (uint8_t *)bank_start;\n"));
      holes.put("missing", missing());
      return CTemplates.INVOKE_BODY.fill(holes);
    }
    Border streamed = layout.inputs().get(streamedIndex());
    holes.put("index", Integer.toString(streamedIndex()));
    holes.put("type", ConstantPool.type(streamed.type().element()));
    return CTemplates.STREAM_BODY.fill(holes);
  }

  private int streamedIndex() {
    return layout.graph().inputs().indexOf(layout.streamed().orElseThrow());
  }

  private String calls(String format, int first) {
    return IntStream.range(first, layout.steps().size())
        .mapToObj(i -> format.formatted(symbol, i))
        .collect(joining());
  }

  // ---- layers ----------------------------------------------------------------------------------

  private String layer(int index) {
    return switch (layout.steps().get(index)) {
      case LoweredStep.Layer(Node node, KernelCall call, _) ->
          TreeText.functions(symbol, index, call)
              + CTemplates.LAYER.fill(
                  Map.of(
                      "index",
                      Integer.toString(index),
                      "what",
                      CLiteral.comment(describe(node)),
                      "symbol",
                      symbol,
                      "bank",
                      two(", uint8_t *bank"),
                      "statements",
                      new CallText(layout, pool, index, 0).whole(node, call)));
      case LoweredStep.Rows(Cascade cascade) -> new CascadeText(layout, pool, index).text(cascade);
    };
  }

  private String describe(Node node) {
    return CallText.describe(layout.graph(), node);
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
    boolean second = offset >= layout.firstBytes() && layout.hasTwoMemories();
    return "  memset((uint8_t *)%s + %d, %d, %du);\n"
        .formatted(
            second ? "bank" : "arena",
            second ? offset - layout.firstBytes() : offset,
            zero,
            variable.type().bytes());
  }

  // ---- header ----------------------------------------------------------------------------------

  private String header() {
    String input =
        layout
            .streamed()
            .map(name -> "const %s *input, ".formatted(type(layout.graph().tensor(name).element())))
            .orElse(two("void *bank, "));
    return CTemplates.HEADER.fill(
        Map.ofEntries(
            Map.entry("origin", CLiteral.comment(layout.origin())),
            Map.entry("symbol", symbol),
            Map.entry("SYMBOL", upper()),
            Map.entry("arena_bytes", Integer.toString(layout.firstBytes())),
            Map.entry("bank", two(bank())),
            Map.entry("bank_parameters", two(", void *bank, size_t bank_bytes")),
            Map.entry("arena_alignment", Integer.toString(layout.arenaAlignment())),
            Map.entry("layers", Integer.toString(layout.steps().size())),
            Map.entry("input_count", Integer.toString(layout.inputs().size())),
            Map.entry("output_count", Integer.toString(layout.outputs().size())),
            Map.entry("inputs", borders(layout.inputs(), "INPUT")),
            Map.entry("outputs", borders(layout.outputs(), "OUTPUT")),
            Map.entry("calls", prototypes()),
            Map.entry("input", input),
            Map.entry("input_accessors", accessors(layout.inputs(), CTemplates.INPUT_ACCESSOR)),
            Map.entry(
                "output_accessors", accessors(layout.outputs(), CTemplates.OUTPUT_ACCESSOR))));
  }

  private String prototypes() {
    if (layout.streamed().isEmpty()) {
      return CTemplates.INVOKE_API.fill(Map.of("symbol", symbol, "bank", two(", void *bank")));
    }
    return CTemplates.STREAM_API.fill(
        Map.of(
            "symbol",
            symbol,
            "SYMBOL",
            upper(),
            "index",
            Integer.toString(streamedIndex()),
            "type",
            type(layout.inputs().get(streamedIndex()).type().element())));
  }

  private static String type(ElementType element) {
    return ConstantPool.type(element);
  }

  /// What the header says of the second memory.
  private String bank() {
    return """
        /* The arena goes on in a second memory, `bank`, which is aligned like the first. */
        #define %s_BANK_BYTES (%du)
        """
        .formatted(upper(), layout.arenaBytes() - layout.firstBytes());
  }

  private boolean isSecond(Border border) {
    return layout.hasTwoMemories() && border.offset() >= layout.firstBytes();
  }

  private boolean isStreamed(Border border) {
    return layout.streamed().equals(Optional.of(border.tensor()));
  }

  private String borders(List<Border> borders, String direction) {
    return IntStream.range(0, borders.size())
        .mapToObj(i -> border(borders.get(i), upper() + "_" + direction + "_" + i))
        .collect(joining("\n"));
  }

  private String border(Border border, String prefix) {
    Map<String, String> holes = new HashMap<>();
    holes.put("prefix", prefix);
    holes.put("name", CLiteral.comment(border.tensor()));
    holes.put("type", border.type().element().label());
    holes.put("shape", border.type().shape().toString());
    holes.put("length", Integer.toString(border.type().shape().count()));
    holes.put("bytes", Long.toString(border.type().bytes()));
    String plain;
    if (isStreamed(border)) {
      int rows = border.type().shape().dim(1);
      holes.put("rows", Integer.toString(rows));
      holes.put("row_length", Integer.toString(border.type().shape().count() / rows));
      plain = CTemplates.STREAMED_BORDER.fill(holes);
    } else {
      int offset = Math.max(0, border.offset());
      holes.put(
          "offset", Integer.toString(isSecond(border) ? offset - layout.firstBytes() : offset));
      plain = CTemplates.BORDER.fill(holes);
    }
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
        .filter(i -> !isStreamed(borders.get(i)))
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
                        "memory",
                        isSecond(borders.get(i)) ? "bank" : "arena",
                        "type",
                        ConstantPool.type(borders.get(i).type().element()))))
        .collect(joining("\n"));
  }
}
