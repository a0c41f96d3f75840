package dev.mote.testkit.quantize;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.ir.Verifier;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantized;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.ValueRange;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import dev.mote.plugin.Compiler;
import dev.mote.reference.Interpreter;
import dev.mote.reference.Value;
import dev.mote.targets.Targets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Quantizes whatever graphs it is given, and lists what is wrong with the results: that they are
/// not well-formed, do not compile where the original does, do not run, or are far from it.
public final class GraphSweep {

  private static final List<QuantizationScheme> SCHEMES =
      List.of(
          QuantizationScheme.INT8.withIntegerBorder(false),
          QuantizationScheme.INT16.withIntegerBorder(false),
          QuantizationScheme.INT8);

  private final List<String> problems = new ArrayList<>();
  private final double floor;
  private int quantized;

  /// @param floor the least signal to noise, in decibels
  public GraphSweep(double floor) {
    this.floor = floor;
  }

  public List<String> problems() {
    return problems;
  }

  /// How many graphs became integer.
  public int quantized() {
    return quantized;
  }

  /// Adds what is wrong with the quantized forms of `graph`.
  ///
  /// @param inputs for each invocation the bytes of the inputs
  public void check(String name, Graph graph, List<List<Blob>> inputs) {
    for (QuantizationScheme scheme : SCHEMES) {
      try {
        check(name, graph, inputs, scheme);
      } catch (DiagnosticException e) {
        Diagnostic problem = e.diagnostics().getFirst();
        if (problem.code() != 2202 && problem.code() != 2204) {
          problems.add(name + ": " + e.getMessage());
        }
      } catch (RuntimeException e) {
        problems.add(name + ": " + e + " at " + e.getStackTrace()[0]);
      }
    }
  }

  private void check(String name, Graph graph, List<List<Blob>> inputs, QuantizationScheme scheme) {
    Graph prepared = Quantizer.prepare(graph);
    if (!Quantizer.prepare(prepared).equals(prepared)) {
      problems.add(name + ": preparing it again changes it");
    }
    problems(name + " prepared", prepared);
    Interpreter original = new Interpreter(prepared);
    Map<String, ValueRange> ranges = new LinkedHashMap<>();
    List<List<byte[]>> expected = new ArrayList<>();
    for (List<Blob> invocation : inputs) {
      expected.add(original.run(invocation.stream().map(Blob::toByteArray).toList()));
      observe(prepared, original, ranges);
    }
    Quantized result =
        Quantizer.convert(
            prepared,
            new Calibration(ranges),
            scheme,
            WeightScales.MIN_MAX,
            WeightRounding.NEAREST);
    problems(name, result.graph());
    quantized += result.kept().isEmpty() ? 1 : 0;
    if (scheme.integerBorder() && !compiles(result.graph()) && compiles(graph)) {
      problems.add(name + ": does not compile: " + result.graph().nodes());
    }
    if (!scheme.integerBorder()) {
      Interpreter integers = new Interpreter(result.graph());
      List<List<byte[]>> actual = new ArrayList<>();
      for (List<Blob> invocation : inputs) {
        actual.add(integers.run(invocation.stream().map(Blob::toByteArray).toList()));
      }
      double quality = signalToNoise(prepared, expected, actual);
      if (quality < floor) {
        problems.add("%s, %s: %.1f dB".formatted(name, scheme.standard(), quality));
      }
    }
  }

  private void problems(String name, Graph graph) {
    Verifier.verify(graph).forEach(problem -> problems.add(name + ": " + problem));
  }

  private static boolean compiles(Graph graph) {
    return MoteCompiler.compile(graph, Targets.find("host"), Compiler.Optimize.BALANCED, "model")
        instanceof MoteCompiler.Outcome.Compiled;
  }

  private static void observe(
      Graph graph, Interpreter interpreter, Map<String, ValueRange> ranges) {
    for (Tensor tensor : graph.tensors().values()) {
      if (tensor.element() == ElementType.FLOAT32 && !tensor.isConstant()) {
        Value value = interpreter.get(tensor.name());
        for (int i = 0; i < value.count(); i++) {
          float real = Float.isNaN(value.real(i)) ? Float.POSITIVE_INFINITY : value.real(i);
          ranges.merge(tensor.name(), new ValueRange(real, real), ValueRange::union);
        }
        ranges.putIfAbsent(tensor.name(), new ValueRange(0, 0));
      }
    }
  }

  private static double signalToNoise(
      Graph graph, List<List<byte[]>> expected, List<List<byte[]>> actual) {
    double signal = 0;
    double noise = 0;
    for (int run = 0; run < expected.size(); run++) {
      for (int output = 0; output < graph.outputs().size(); output++) {
        Tensor tensor = graph.tensor(graph.outputs().get(output));
        Value a = Value.fromBytes(tensor.type(), expected.get(run).get(output));
        Value b = Value.fromBytes(tensor.type(), actual.get(run).get(output));
        for (int i = 0; i < a.count(); i++) {
          double difference = a.asReal(i) - b.asReal(i);
          signal += (double) a.asReal(i) * a.asReal(i);
          noise += difference * difference;
        }
      }
    }
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
  }
}
