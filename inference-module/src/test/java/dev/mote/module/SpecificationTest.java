package dev.mote.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import dev.mote.module.cbor.CborText;
import dev.mote.module.cose.SignatureAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The specification and the code say the same; `-Dmote.golden=true` rewrites the examples.
class SpecificationTest {

  private static final Path SPECIFICATION =
      Path.of(System.getProperty("mote.root", ".."), "docs/spec/inference-module.md");

  /// A small module: one payload, one vector, the key of RFC 8032.
  private static ModuleFile example() {
    Bytes code = Bytes.utf8("int answer(void) { return 42; }\n");
    Payload payload =
        Payload.of(
                Payload.Kind.C_SOURCES,
                code,
                new Payload.Requirements("any", List.of(), Optional.empty(), 4, 32, 0))
            .withEntry("answer");
    Signal output =
        new Signal(
            "y",
            List.of(1, 2),
            Signal.Type.INT8,
            Optional.of(0.5f),
            Optional.of(-3),
            Optional.empty(),
            List.of("no", "yes"));
    Manifest manifest =
        new Manifest(
            1,
            new Manifest.Identity(
                Bytes.hex("00112233445566778899aabbccddeeff"),
                Bytes.hex("ffeeddccbbaa99887766554433221100"),
                "answer",
                "1.0.0",
                Optional.empty()),
            new Manifest.Provenance(
                Bytes.utf8("model").sha256(), "tflite", "mote", "0.1.0", Map.of()),
            List.of(payload),
            List.of(
                new Signal(
                    "x",
                    List.of(1, 4),
                    Signal.Type.INT8,
                    Optional.of(1f),
                    Optional.of(0),
                    Optional.empty(),
                    List.of())),
            List.of(output),
            List.of(),
            List.of(PipelineStep.of(StandardStep.ARGMAX, 0)),
            List.of(
                new Golden(
                    List.of(new Golden.Input.Linear(37, 11)),
                    List.of(new Golden.Output.Exact(Bytes.hex("0402"))))),
            Optional.of("Apache-2.0"),
            Map.of());
    return ModuleFile.of(manifest, List.of(code)).signed(List.of(Samples.RFC_8032));
  }

  @Test
  void theExampleIsWhatTheWriterWrites() throws IOException, CborProblem {
    Bytes file = ModuleWriter.write(example());
    String text = Files.readString(SPECIFICATION);
    String expected = replaced(text, "hex", lines(file.toHex()));
    expected =
        replaced(expected, "diag", CborText.print(CborReader.read(file, CborReader.Limits.HEAD)));
    if (Boolean.getBoolean("mote.golden")) {
      Files.writeString(SPECIFICATION, expected);
    } else {
      assertThat(text).isEqualTo(expected);
    }
    assertThat(ModuleReader.read(file)).isEqualTo(example());
  }

  /// `text` with the contents of its fenced block of `language` replaced.
  private static String replaced(String text, String language, String contents) {
    int start = text.indexOf("```" + language + "\n");
    int from = start + language.length() + 4;
    return text.substring(0, from) + contents + text.substring(text.indexOf("\n```", from));
  }

  private static String lines(String hex) {
    return IntStream.iterate(0, at -> at < hex.length(), at -> at + 100)
        .mapToObj(at -> hex.substring(at, Math.min(hex.length(), at + 100)))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void theTableOfStepsIsThatOfTheCode() throws IOException {
    assertThat(Files.readString(SPECIFICATION))
        .contains(
            Arrays.stream(StandardStep.values())
                .map(
                    step ->
                        "| %d | `%s` | %s |"
                            .formatted(
                                step.number(),
                                step.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                                parameters(step)))
                .toList());
  }

  private static String parameters(StandardStep step) {
    return step.parameters().isEmpty()
        ? "–"
        : step.parameters().stream()
            .map(
                parameter ->
                    "%d %s: %s"
                        .formatted(
                            parameter.key(),
                            parameter.name(),
                            switch (parameter.kind()) {
                              case NUMBER -> "float";
                              case WHOLE -> "uint";
                              case NAME -> "tstr";
                            }))
            .collect(Collectors.joining(", "));
  }

  @Test
  void theTableOfErrorsIsThatOfTheCode() throws IOException {
    assertThat(Files.readString(SPECIFICATION))
        .contains(
            Arrays.stream(ModuleCodes.values())
                .map(code -> "| MOTE-%04d |".formatted(code.number()))
                .toList());
  }

  @Test
  void theNumbersOfAlgorithmsTypesAndKindsAreThoseOfTheCode() throws IOException {
    String text = Files.readString(SPECIFICATION);
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      assertThat(text)
          .contains(
              "| %d | %s |".formatted(algorithm.number(), algorithm.name().replace('_', '-')));
    }
    for (Signal.Type type : Signal.Type.values()) {
      assertThat(text)
          .contains("| %d | %s |".formatted(type.number(), type.name().toLowerCase(Locale.ROOT)));
    }
    for (Payload.Kind kind : Payload.Kind.values()) {
      assertThat(text)
          .contains(
              "| %d | %s |"
                  .formatted(
                      kind.number(), kind.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
  }
}
