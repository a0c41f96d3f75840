package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a module states about itself; all of it is covered by the signatures.
///
/// @param sequence anti-rollback number: a device refuses less than what it has
/// @param identity which module this is
/// @param provenance from what and by what it was made
/// @param payloads its forms, 1 to 8
/// @param inputs what the model takes, in its order, 1 to 16
/// @param outputs what the model gives, in its order, 1 to 16
/// @param preprocessing steps from raw samples to the inputs, in order
/// @param postprocessing steps from the outputs to an answer, in order
/// @param golden self-test vectors, 1 to 8
/// @param licence SPDX expression of the model's licence
/// @param extensions what others add: keys below -255, which a reader need not know
public record Manifest(
    long sequence,
    Identity identity,
    Provenance provenance,
    List<Payload> payloads,
    List<Signal> inputs,
    List<Signal> outputs,
    List<PipelineStep> preprocessing,
    List<PipelineStep> postprocessing,
    List<Golden> golden,
    Optional<String> licence,
    Map<Long, Cbor> extensions) {

  /// Keys at and below this are for extensions.
  static final long LAST_EXTENSION = -256;

  public Manifest {
    payloads = List.copyOf(payloads);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    preprocessing = List.copyOf(preprocessing);
    postprocessing = List.copyOf(postprocessing);
    golden = List.copyOf(golden);
    extensions = Map.copyOf(extensions);
    Rules.range(sequence, 0, Long.MAX_VALUE, "the sequence number");
    Rules.count(payloads, 1, 8, "payloads");
    Rules.count(inputs, 1, 16, "inputs");
    Rules.count(outputs, 1, 16, "outputs");
    Rules.count(preprocessing, 0, 32, "steps of preprocessing");
    Rules.count(postprocessing, 0, 32, "steps of postprocessing");
    Rules.count(golden, 1, 8, "golden vectors");
    licence.ifPresent(text -> Rules.text(text, "the licence"));
    Rules.require(
        extensions.keySet().stream().allMatch(key -> key <= LAST_EXTENSION),
        "the key of an extension is below -255");
    for (Payload payload : payloads) {
      if (payload.memory().isPresent()) {
        payload.memory().get().requireFor(inputs, outputs);
      }
    }
    for (PipelineStep step : preprocessing) {
      Rules.range(step.signal(), 0, inputs.size() - 1, "the input of a step");
    }
    for (PipelineStep step : postprocessing) {
      Rules.range(step.signal(), 0, outputs.size() - 1, "the output of a step");
    }
    for (Golden vector : golden) {
      vector.requireFor(inputs, outputs);
    }
  }

  /// Which module this is; together with the sequence number it names one manifest.
  ///
  /// @param vendor UUID of who publishes it, 16 bytes
  /// @param module UUID of the line of versions that it belongs to, 16 bytes
  /// @param name for people and files
  /// @param version for people; devices compare sequence numbers
  /// @param description a sentence
  public record Identity(
      Bytes vendor, Bytes module, String name, String version, Optional<String> description) {
    public Identity {
      Rules.size(vendor, 16, "the vendor");
      Rules.size(module, 16, "the module");
      Rules.name(name, "the name");
      Rules.require(
          version.matches("[0-9A-Za-z][0-9A-Za-z.+-]{0,63}"),
          "the version has 1 to 64 letters, digits, '.', '+' or '-'");
      description.ifPresent(text -> Rules.text(text, "the description"));
    }
  }

  /// From what and by what the module was made; the same again gives the same bytes.
  ///
  /// @param model SHA-256 of the source model
  /// @param format format of the source model, for instance `tflite`
  /// @param compiler name of the compiler
  /// @param compilerVersion its version
  /// @param options its options, at most 32
  public record Provenance(
      Bytes model,
      String format,
      String compiler,
      String compilerVersion,
      Map<String, String> options) {
    public Provenance {
      options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
      Rules.size(model, 32, "the hash of the source model");
      Rules.name(format, "the format");
      Rules.name(compiler, "the compiler");
      Rules.text(compilerVersion, "the compiler's version");
      Rules.require(options.size() <= 32, "there are 0 to 32 options");
      options.forEach(
          (key, value) -> {
            Rules.name(key, "the name of an option");
            Rules.text(value, "the value of option " + key);
          });
    }
  }
}
