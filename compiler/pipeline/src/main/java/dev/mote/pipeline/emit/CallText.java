package dev.mote.pipeline.emit;

import static java.util.stream.Collectors.joining;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.lower.ConstantTable;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.pipeline.plan.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The statements that call a kernel: for a whole layer, whose tensors are at fixed places, or for
/// a row, whose addresses come as arguments.
final class CallText {

  private final Layout layout;
  private final ConstantPool pool;
  private final int step;
  private final int number;
  private final List<String> statements = new ArrayList<>();
  private final Map<Integer, String> inputs = new HashMap<>();
  private boolean rows;

  /// @param step the step
  /// @param number of the node within the step
  CallText(Layout layout, ConstantPool pool, int step, int number) {
    this.layout = layout;
    this.pool = pool;
    this.step = step;
    this.number = number;
  }

  /// Statements for all rows of `node`.
  String whole(Node node, KernelCall call) {
    return layout.hasTwoMemories()
        ? text(node, call, "(void)arena;", "(void)bank;")
        : text(node, call, "(void)arena;");
  }

  /// Statements for a row, in a function with arguments `arena`, `x`, `y` and `row`.
  String row(Cascade.Stage stage) {
    rows = true;
    for (int i = 0; i < stage.readings().size(); i++) {
      inputs.put(stage.readings().get(i).input(), "x[%d]".formatted(i));
    }
    return text(stage.node(), stage.call(), "(void)arena;", "(void)row;");
  }

  private String text(Node node, KernelCall call, String... unused) {
    List<String> arguments = new ArrayList<>();
    if (!call.parameters().isEmpty()) {
      statements.add(
          "static const %s_t p = {%s};"
              .formatted(
                  call.function(),
                  call.parameters().stream().map(CallText::field).collect(joining(", "))));
      arguments.add("&p");
    }
    for (Argument argument : call.arguments()) {
      arguments.add(pointer(argument, node));
    }
    statements.addAll(List.of(unused));
    statements.add("%s(%s);".formatted(call.function(), String.join(", ", arguments)));
    return statements.stream().map("  %s\n"::formatted).collect(joining());
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

  private String pointer(Argument argument, Node node) {
    return switch (argument) {
      case Argument.Input(int i) -> input(node, i);
      case Argument.Output(int i) -> rows ? "(void *)y" : tensor(node.outputs().get(i), "void *");
      case Argument.Inputs() -> {
        List<String> pointers = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
          pointers.add(input(node, i));
        }
        statements.add(array("const void *const inputs", pointers));
        yield "inputs";
      }
      case Argument.Outputs() -> {
        statements.add(
            array(
                "void *const outputs",
                rows
                    ? List.of("(void *)y")
                    : node.outputs().stream().map(name -> tensor(name, "void *")).toList()));
        yield "outputs";
      }
      case Argument.Variable(String tensor) -> tensor(tensor, "void *");
      case Argument.Table(ConstantTable table) -> pool.nameOf(table);
      case Argument.Scratch() ->
          address(
              layout.workOffsets().get(step).getOrDefault(Workload.scratch(number), 0), "void *");
      case Argument.Row() -> "row";
      case Argument.Trees _ -> TreeText.name(layout.symbol(), step);
      case Argument.Absent() -> "NULL";
    };
  }

  private String input(Node node, int index) {
    String row = inputs.get(index);
    return row != null ? "(const void *)" + row : tensor(node.input(index), "const void *");
  }

  private static String array(String declaration, List<String> pointers) {
    return "%s[%d] = {%s};".formatted(declaration, pointers.size(), String.join(", ", pointers));
  }

  private String tensor(String name, String type) {
    Tensor tensor = layout.graph().tensor(name);
    if (tensor.data().isPresent()) {
      return pool.nameOf(ConstantTable.weights(tensor.element(), tensor.data().get()));
    }
    return address(layout.tensorOffsets().getOrDefault(name, 0), type);
  }

  private String address(int offset, String type) {
    return layout.address(offset, type);
  }

  /// One line about `node` for people.
  static String describe(Graph graph, Node node) {
    String inputs =
        node.inputs().stream()
            .map(graph::tensor)
            .filter(tensor -> !tensor.isConstant())
            .map(tensor -> "[" + tensor.shape() + "]")
            .collect(joining(" "));
    String outputs =
        node.outputs().stream()
            .map(name -> "[" + graph.tensor(name).shape() + "]")
            .collect(joining(" "));
    return "%s '%s' %s -> %s".formatted(node.op().label(), node.name(), inputs, outputs);
  }
}
