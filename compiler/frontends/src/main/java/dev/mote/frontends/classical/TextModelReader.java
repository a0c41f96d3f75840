package dev.mote.frontends.classical;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Verifier;
import dev.mote.plugin.ModelReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What the readers of text formats have in common: detection by the beginning, limits, and the
/// border against exceptions.
abstract class TextModelReader implements ModelReader {

  private static final int BEGINNING = 1 << 12;

  private final String format;

  TextModelReader(String format) {
    this.format = format;
  }

  /// Whether a file that begins so is of this format.
  abstract boolean begins(String beginning, String fileName);

  /// The model in `text`.
  ///
  /// @param input type of the features
  abstract ModelSketch sketch(String text, ElementType input);

  @Override
  public final String format() {
    return format;
  }

  @Override
  public final boolean accepts(Blob model, String fileName) {
    byte[] first = new byte[Math.min(BEGINNING, model.size())];
    model.buffer().get(first);
    String text = new String(first, StandardCharsets.UTF_8);
    return begins(text.startsWith("\ufeff") ? text.substring(1) : text, fileName);
  }

  @Override
  public final Result read(Blob model, String fileName, Options options) {
    try {
      if (model.size() > ClassicalLimits.FILE_BYTES) {
        throw ClassicalProblem.TOO_LARGE.at(
            "",
            "it has %d bytes; at most %d are read"
                .formatted(model.size(), ClassicalLimits.FILE_BYTES));
      }
      String text = new String(model.toByteArray(), StandardCharsets.UTF_8);
      ElementType input =
          switch (options.io()) {
            case MODEL -> ElementType.FLOAT32;
            case INT8 -> ElementType.INT8;
          };
      String name = fileName.replaceFirst("\\.[A-Za-z0-9]+$", "");
      Graph graph =
          sketch(text.startsWith("\ufeff") ? text.substring(1) : text, input)
              .graph(name.isEmpty() ? "model" : name);
      List<Diagnostic> problems = Verifier.verify(graph);
      return problems.isEmpty() ? new Result.Model(graph) : new Result.Refused(problems);
    } catch (ClassicalRefusal refusal) {
      return new Result.Refused(
          List.of(refusal.problem().diagnostic(fileName, refusal.where(), refusal.what())));
    } catch (RuntimeException e) {
      // The last guard: a file that the checks should have caught must still not end the caller.
      return new Result.Refused(
          List.of(ClassicalProblem.INTERNAL.diagnostic(fileName, "", "the reader failed: " + e)));
    }
  }
}
