package dev.mote.ir;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Checks that a graph is well-formed: names resolve, every activation has exactly one producer
/// that precedes its readers, state is written only by operators that own it, and types and shapes
/// are legal for each operator ([OperandRules]).
///
/// Codes: MOTE-2001 names, MOTE-2002 producers, MOTE-2003 order, MOTE-2004 operands, MOTE-2005
/// types and shapes.
public final class Verifier {

  /// A name that refers to nothing, or is used for two things.
  static final int NAME = 2001;

  /// A tensor with no producer, or with two.
  static final int PRODUCER = 2002;

  /// A tensor that is read before it is computed.
  static final int ORDER = 2003;

  /// Too few or too many operands, or an operand of the wrong sort.
  static final int OPERANDS = 2004;

  /// Types or shapes that the operator does not have.
  static final int TYPES = 2005;

  private static final String FIX =
      "this is a defect of the reader or pass that made the graph: please report it.";

  private final Graph graph;
  private final List<Diagnostic> problems = new ArrayList<>();
  private final Set<String> produced = new HashSet<>();

  private Verifier(Graph graph) {
    this.graph = graph;
  }

  /// Everything that is wrong with `graph`; empty when it is well-formed.
  public static List<Diagnostic> verify(Graph graph) {
    Verifier verifier = new Verifier(graph);
    verifier.names();
    if (verifier.problems.isEmpty()) {
      verifier.producers();
      verifier.operands();
    }
    return List.copyOf(verifier.problems);
  }

  private void names() {
    graph
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (!name.equals(tensor.name())) {
                report(NAME, "", "tensor '%s' is listed as '%s'".formatted(tensor.name(), name));
              }
            });
    Set<String> nodes = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (!nodes.add(node.name())) {
        report(NAME, place(node), "another node has the same name");
      }
      node.inputs().forEach(name -> resolve(name, place(node)));
      node.outputs().forEach(name -> resolve(name, place(node)));
      variable(node.op()).ifPresent(name -> requireVariable(name, node));
    }
    graph.inputs().forEach(name -> resolve(name, "inputs"));
    graph.outputs().forEach(name -> resolve(name, "outputs"));
    graph.variables().forEach(name -> resolve(name, "variables"));
    if (new HashSet<>(graph.inputs()).size() != graph.inputs().size()) {
      report(NAME, "inputs", "a tensor is listed twice");
    }
    if (new HashSet<>(graph.variables()).size() != graph.variables().size()) {
      report(NAME, "variables", "a tensor is listed twice");
    }
    for (Graph.Signature signature : graph.signatures()) {
      String place = "signature '" + signature.name() + "'";
      signature.inputs().values().forEach(name -> resolve(name, place));
      signature.outputs().values().forEach(name -> resolve(name, place));
    }
  }

  private void resolve(String name, String place) {
    if (!graph.tensors().containsKey(name)) {
      report(NAME, place, "there is no tensor '%s'".formatted(name));
    }
  }

  private static Optional<String> variable(Op op) {
    return switch (op) {
      case Op.ReadVariable read -> Optional.of(read.variable());
      case Op.AssignVariable assign -> Optional.of(assign.variable());
      default -> Optional.empty();
    };
  }

  private void requireVariable(String name, Node node) {
    if (!graph.isVariable(name)) {
      report(NAME, place(node), "there is no variable '%s'".formatted(name));
    }
  }

  private void producers() {
    Set<String> computed = new HashSet<>();
    for (Node node : graph.nodes()) {
      computed.addAll(node.outputs());
    }
    Set<String> given = new HashSet<>(graph.inputs());
    given.addAll(graph.variables());
    for (String name : given) {
      if (graph.tensor(name).isConstant()) {
        report(PRODUCER, "tensor '" + name + "'", "it is a constant and an input or a variable");
      }
    }
    for (Node node : graph.nodes()) {
      for (String input : node.inputs()) {
        read(input, given, computed, place(node));
      }
      for (String output : node.outputs()) {
        if (given.contains(output) || graph.tensor(output).isConstant()) {
          report(
              PRODUCER,
              place(node),
              "it computes '%s', an input, variable or constant".formatted(output));
        } else if (!produced.add(output)) {
          report(PRODUCER, place(node), "'%s' has another producer".formatted(output));
        }
      }
    }
    graph.outputs().forEach(name -> read(name, given, computed, "outputs"));
  }

  private void read(String name, Set<String> given, Set<String> computed, String place) {
    if (graph.tensor(name).isConstant() || given.contains(name) || produced.contains(name)) {
      return;
    }
    if (computed.contains(name)) {
      report(ORDER, place, "it reads '%s' before that is computed".formatted(name));
    } else {
      report(PRODUCER, place, "it reads '%s', which nothing computes".formatted(name));
    }
  }

  private void operands() {
    for (Node node : graph.nodes()) {
      try {
        OperandRules.check(graph, node);
      } catch (OperandRules.Violation violation) {
        report(violation.code(), place(node), String.valueOf(violation.getMessage()));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        report(TYPES, place(node), String.valueOf(e.getMessage()));
      }
    }
  }

  private static String place(Node node) {
    return node.op().label() + " '" + node.name() + "'";
  }

  private void report(int code, String place, String what) {
    String where = place.isEmpty() ? graph.name() : graph.name() + ", " + place;
    problems.add(Diagnostic.internal(code, where, what, FIX));
  }
}
