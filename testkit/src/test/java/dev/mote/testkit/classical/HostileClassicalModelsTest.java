package dev.mote.testkit.classical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.classical.LightgbmReader;
import dev.mote.frontends.classical.PmmlReader;
import dev.mote.frontends.classical.ScikitReader;
import dev.mote.frontends.classical.XgboostReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.targets.Targets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that were damaged, or made to do harm, end in a graph that compiles or in a reason.
class HostileClassicalModelsTest {

  private static final int MUTANTS = 120;

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(E-?\\d+)?");

  private static final List<String> NUMBERS =
      List.of("-1", "0", "1", "7", "2147483647", "-2147483648", "1e400", "NaN", "1e-46", "0.5", "");

  private static ModelReader reader(String file) {
    if (file.startsWith("xgboost")) {
      return new XgboostReader();
    }
    return file.endsWith(".json")
        ? new ScikitReader()
        : file.endsWith(".txt") ? new LightgbmReader() : new PmmlReader();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iris_extra_trees.json",
        "iris_svc_poly.json",
        "iris_neighbours_weighted.json",
        "iris_mixture_full.json",
        "xgboost_iris.json",
        "xgboost_dart.json",
        "xgboost_linear.json",
        "pmml_iris.pmml",
        "lightgbm_diabetes.txt"
      })
  void aDamagedFileEndsInAGraphOrAReason(String file) {
    String text = new String(TestModel.resource(file), StandardCharsets.UTF_8);
    List<MatchResult> numbers = NUMBER.matcher(text).results().toList();
    Random random = new Random(file.hashCode());
    int read = 0;
    for (int i = 0; i < MUTANTS; i++) {
      String mutant = mutate(text, numbers, random);
      Blob blob = Blob.of(mutant.getBytes(StandardCharsets.UTF_8));
      reader(file).accepts(blob, file);
      switch (reader(file).read(blob, file, ModelReader.Options.standard())) {
        case ModelReader.Result.Refused(List<Diagnostic> problems) -> {
          assertThat(problems).isNotEmpty();
          assertThat(problems).allMatch(p -> p.kind() == Diagnostic.Kind.USER, problems.toString());
        }
        case ModelReader.Result.Model(Graph graph) -> {
          read++;
          if (read % 20 == 1) {
            MoteCompiler.compile(graph, Targets.find("cortex-m4"), Optimize.BALANCED, "mutant");
          }
        }
      }
    }
    assertThat(read).as("mutants that are models still").isPositive();
  }

  private static String mutate(String text, List<MatchResult> numbers, Random random) {
    StringBuilder mutant = new StringBuilder(text);
    int at = random.nextInt(text.length());
    int end = Math.min(text.length(), at + 1 + random.nextInt(40));
    switch (random.nextInt(6)) {
      case 0 -> mutant.setCharAt(at, (char) random.nextInt(128));
      case 1 -> mutant.delete(at, end);
      case 2 -> mutant.insert(at, text.substring(at, end));
      case 3 -> mutant.setLength(at);
      default -> {
        MatchResult number = numbers.get(random.nextInt(numbers.size()));
        String other =
            random.nextBoolean()
                ? NUMBERS.get(random.nextInt(NUMBERS.size()))
                : numbers.get(random.nextInt(numbers.size())).group();
        mutant.replace(number.start(), number.end(), other);
      }
    }
    return mutant.toString();
  }

  private static final String TREE =
      """
      {"format": "mote-classical", "version": 1, "input": {"features": 2, "type": "float32"}, "steps": [
       {"kind": "trees", "width": 1, "aggregate": "sum", "base": [0], "trees": [{"root": 0, "feature": [0, 1],
        "threshold": [1, 2], "left": [1, -1], "right": [-2, -2], "leaf": [[3], [4]]}]}]}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "left": [1, -1]   | "left": [0, -1]    | MOTE-1204 t.json, step 0, tree 0: two ways lead to node 0
          "left": [1, -1]   | "left": [5, -1]    | MOTE-1204 t.json, step 0, tree 0: it has no node 5
          "left": [1, -1]   | "left": [1, -9]    | MOTE-1204 t.json, step 0, tree 0: it has no leaf 8
          "feature": [0, 1] | "feature": [0, 2]  | MOTE-1205 t.json, step 0, tree 0, node 1: it asks for feature 2 of 2
          [1, 2]            | [1, NaN]           | MOTE-1201 t.json, character 223: no value
          [[3], [4]]        | [[3], [1e99]]      | MOTE-1206 t.json, step 0: a leaf is 1.0E99
          "root": 0         | "root": 2147483647 | MOTE-1204 t.json, step 0, tree 0: it has no node 2147483647
          "features": 2     | "features": 99999  | MOTE-1202 t.json: it has 99999 features
          "base": [0]       | "base": 0          | MOTE-1203 t.json, step 0: 'base' is not a list
          "trees", "width"  | "bush", "width"    | MOTE-1207 t.json, step 0: there is no kind of step 'bush'
          """)
  void aBadTreeIsRefusedWithItsPlace(String part, String replacement, String message) {
    assertThat(TREE).contains(part);
    String text = TREE.replace(part, replacement);
    assertThat(refusal(new ScikitReader(), "t.json", text)).startsWith(message + "\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {600, 100_000})
  void nestingIsLimited(int depth) {
    assertThat(refusal(new XgboostReader(), "deep.json", "[".repeat(depth)))
        .startsWith("MOTE-1202 deep.json, character 513: it nests too deep\n");
    String nodes = "<Node><True/>".repeat(depth) + "</Node>".repeat(depth);
    String pmml =
        "<PMML><DataDictionary/><TreeModel functionName='regression'><MiningSchema>"
            + "<MiningField name='x'/></MiningSchema>"
            + nodes
            + "</TreeModel></PMML>";
    assertThat(refusal(new PmmlReader(), "deep.pmml", pmml)).startsWith("MOTE-120");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE PMML [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><PMML>&a;</PMML>",
        "<!DOCTYPE PMML [<!ENTITY a 'xx'><!ENTITY b '&a;&a;'>]><PMML>&b;</PMML>"
      })
  void entitiesAreRefused(String text) {
    assertThat(refusal(new PmmlReader(), "e.pmml", text))
        .startsWith("MOTE-1201 e.pmml: ")
        .contains("DOCTYPE is disallowed");
  }

  private static String refusal(ModelReader reader, String file, String text) {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.UTF_8));
    return switch (reader.read(blob, file, ModelReader.Options.standard())) {
      case ModelReader.Result.Refused(List<Diagnostic> problems) -> problems.getFirst().toString();
      case ModelReader.Result.Model _ -> "it was read";
    };
  }
}
