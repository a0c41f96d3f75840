package dev.mote.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifierTest {

  private static final String FIX =
      "\n  Fix: this is a defect of the reader or pass that made the graph: please report it.";

  @Test
  void aSoundGraphHasNoProblems() {
    assertThat(
            Verifier.verify(
                graph(
                    "input \"x\" output \"z\" node \"a\" Unary(kind: RELU) \"x\" -> \"y\""
                        + " node \"b\" Reshape \"y\" -> \"z\"")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "input \"q\" | MOTE-2001 g, inputs: there is no tensor 'q'",
        "input \"x\" input \"x\" | MOTE-2001 g, inputs: a tensor is listed twice",
        "input \"x\" node \"a\" AssignVariable(variable: \"y\") \"x\" -> |"
            + " MOTE-2001 g, AssignVariable 'a': there is no variable 'y'",
        "node \"a\" Reshape \"x\" -> \"y\" |"
            + " MOTE-2002 g, Reshape 'a': it reads 'x', which nothing computes",
        "input \"x\" node \"a\" Reshape \"x\" -> \"c\" |"
            + " MOTE-2002 g, Reshape 'a': it computes 'c', an input, variable or constant",
        "input \"x\" node \"a\" Reshape \"x\" -> \"y\" node \"b\" Reshape \"x\" -> \"y\" |"
            + " MOTE-2002 g, Reshape 'b': 'y' has another producer",
        "node \"a\" Reshape \"x\" -> \"y\" node \"b\" Reshape \"y\" -> \"x\" |"
            + " MOTE-2003 g, Reshape 'a': it reads 'x' before that is computed",
        "output \"y\" | MOTE-2002 g, outputs: it reads 'y', which nothing computes",
        "input \"x\" node \"a\" Reshape \"x\" \"x\" -> \"y\" |"
            + " MOTE-2004 g, Reshape 'a': it has 2 inputs and 1 outputs",
        "input \"x\" node \"a\" Unary(kind: RELU) \"x\" -> \"z\" |"
            + " MOTE-2005 g, Relu 'a': its output is [3x2], not [2x3]",
        "input \"x\" node \"a\" Binary(kind: ADD, activation: NONE) \"x\" \"z\" -> \"y\""
            + " input \"z\" | MOTE-2005 g, Add 'a': 2x3 and 3x2 do not broadcast",
        "input \"x\" node \"a\" Transpose(permutation: [1 1]) \"x\" -> \"z\" |"
            + " MOTE-2005 g, Transpose 'a': its permutation [1, 1] is none",
        "input \"x\" node \"a\" FullyConnected(activation: NONE) \"x\" \"c\" -> \"y\" |"
            + " MOTE-2005 g, FullyConnected 'a': the weights [2x3] do not fit",
        "input \"x\" node \"a\" Slice(begin: [0 2], strides: [1 1], extents: [2 3]) \"x\" ->"
            + " \"y\" | MOTE-2005 g, Slice 'a': dimension 1 is left",
      })
  void everyFaultIsReported(String statements, String message) {
    assertThat(Verifier.verify(graph(statements)).stream().map(Diagnostic::toString))
        .containsExactly(message + FIX);
  }

  private static Graph graph(String statements) {
    List<String> lines =
        List.of(
            "graph \"g\" {",
            "tensor \"x\" float32 [2x3]",
            "tensor \"y\" float32 [2x3]",
            "tensor \"z\" float32 [3x2]",
            "tensor \"c\" float32 [2x3] = hex \"" + "00".repeat(24) + "\"",
            statements,
            "}");
    return GraphText.parse(String.join("\n", lines));
  }
}
