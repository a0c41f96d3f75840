package dev.mote.testkit.mlperf;

import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.cases.Values;
import dev.mote.testkit.differential.Comparison;
import dev.mote.testkit.differential.HostBatch;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs the int8 models of MLPerf Tiny on many random inputs and compares the reference interpreter
/// with TFLite and with the emitted C, bit by bit.
public final class ConformanceSweep {

  private static final int USUAL_INPUTS = 10_000;
  private static final int INPUTS_PER_TASK = 50;

  /// What came of one model.
  ///
  /// @param inputs number of random inputs
  /// @param tfliteInputs inputs on which TFLite gives another output
  /// @param tfliteStep largest difference of an element from TFLite's: of the output, or of any
  ///     layer on the same input where TFLite rounds otherwise
  /// @param emittedInputs inputs on which the emitted C gives another output
  public record Row(String model, int inputs, int tfliteInputs, int tfliteStep, int emittedInputs) {

    Row plus(Row other) {
      return new Row(
          model,
          inputs + other.inputs,
          tfliteInputs + other.tfliteInputs,
          Math.max(tfliteStep, other.tfliteStep),
          emittedInputs + other.emittedInputs);
    }

    /// Whether everything is as it should be: equal to the emitted C, and to TFLite but for the
    /// one step in each layer of [MlperfTiny#isFullyConnected].
    public boolean passed() {
      return emittedInputs == 0 && tfliteStep <= (MlperfTiny.isFullyConnected(model) ? 1 : 0);
    }
  }

  private ConformanceSweep() {}

  /// Prints a table; exits with 1 when something differs that should not. Arguments: the number of
  /// inputs per model (10,000 unless said).
  public static void main(String[] arguments) {
    int inputs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_INPUTS;
    if (MlperfTiny.folder().isEmpty()) {
      System.err.println(MlperfTiny.absence());
      System.exit(1);
    }
    List<Row> rows = MlperfTiny.INT8.stream().map(model -> run(model, inputs)).toList();
    System.out.println("model                    inputs  TFLite differs  by at most  C differs");
    rows.forEach(
        row ->
            System.out.printf(
                "%-24s %6d  %14d  %10d  %9d%n",
                row.model(),
                row.inputs(),
                row.tfliteInputs(),
                row.tfliteStep(),
                row.emittedInputs()));
    System.exit(rows.stream().allMatch(Row::passed) ? 0 : 1);
  }

  /// Runs `inputs` random inputs through the model called `name`, on every processor.
  public static Row run(String name, int inputs) {
    Graph graph = MlperfTiny.graph(name);
    HostBatch batch = new HostBatch();
    batch
        .add(graph)
        .ifPresent(
            refusal -> {
              throw new IllegalStateException(name + ": " + refusal);
            });
    AtomicInteger done = new AtomicInteger();
    List<Callable<Row>> tasks = new ArrayList<>();
    try (HostBatch.Library library = batch.build();
        ExecutorService pool =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (int first = 0; first < inputs; first += INPUTS_PER_TASK) {
        int from = first;
        int to = Math.min(inputs, first + INPUTS_PER_TASK);
        tasks.add(
            () -> {
              Row row = run(name, graph, library.start(0), from, to);
              System.err.printf("\r%s: %d of %d", name, done.addAndGet(to - from), inputs);
              return row;
            });
      }
      Row sum = new Row(name, 0, 0, 0, 0);
      for (Future<Row> row : pool.invokeAll(tasks)) {
        sum = sum.plus(row.get());
      }
      System.err.println();
      return sum;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(name, e.getCause());
    }
  }

  private static Row run(String name, Graph graph, HostBatch.Session session, int from, int to) {
    TensorType inputType = graph.tensor(graph.inputs().getFirst()).type();
    TensorType outputType = graph.tensor(graph.outputs().getFirst()).type();
    Interpreter interpreter = new Interpreter(graph);
    Row row = new Row(name, 0, 0, 0, 0);
    List<TfliteOracle> oracles =
        MlperfTiny.isFullyConnected(name)
            ? TfliteOracle.ofEachOperator(MlperfTiny.model(name))
            : List.of(TfliteOracle.of(MlperfTiny.model(name)));
    for (int i = from; i < to; i++) {
      byte[] input = Values.any().draw(new CaseRandom(i, i), inputType);
      byte[] expected = interpreter.run(List.of(input)).getFirst();
      int step = 0;
      for (TfliteOracle oracle : oracles) {
        step = Math.max(step, largestStep(oracle, interpreter));
      }
      byte[] emitted = session.run(List.of(input)).getFirst();
      boolean same =
          Comparison.difference(outputType, expected, emitted, Agreement.EXACT).isEmpty();
      row = row.plus(new Row(name, 1, step > 0 ? 1 : 0, step, same ? 0 : 1));
    }
    oracles.forEach(TfliteOracle::close);
    return row;
  }

  /// Gives TFLite what the interpreter had, and compares what it makes of it.
  private static int largestStep(TfliteOracle oracle, Interpreter interpreter) {
    List<byte[]> inputs =
        oracle.inputs().stream().map(input -> interpreter.get(input.name()).toBytes()).toList();
    TfliteOracle.Contents output = oracle.runForContents(inputs).getFirst();
    return largestStep(interpreter.get(output.name()).toBytes(), output.bytes());
  }

  private static int largestStep(byte[] expected, byte[] actual) {
    int largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i] - actual[i]));
    }
    return largest;
  }
}
