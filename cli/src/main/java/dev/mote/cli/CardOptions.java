package dev.mote.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whether a command writes a model card, and what stands in it beside the measurements.
final class CardOptions {

  private static final long MAX_BYTES = 64 << 10;

  @Option(
      names = "--card",
      paramLabel = "FILE",
      description = "Write a model card: FILE in JSON, and a page beside it.")
  private @Nullable Path card;

  @Option(
      names = "--about",
      paramLabel = "FILE",
      description =
          "What the card says in the author's words: a JSON object of texts, for instance"
              + " intendedUse, limits, licence, owner.")
  private @Nullable Path about;

  @Option(
      names = "--card-target",
      paramLabel = "TARGET",
      description = "Measure size and cost on TARGET for the card; may repeat.")
  private List<String> targets = new ArrayList<>();

  boolean isWanted() {
    return card != null;
  }

  /// Writes the card of the model in `file`; nothing unless it is asked for.
  ///
  /// @param complete adds what the command knows
  /// @throws DiagnosticException when a target refuses the model, or a file cannot be written
  void write(Path file, Graph graph, Console console, UnaryOperator<ModelCard> complete) {
    if (card == null) {
      return;
    }
    List<Target> chips = targets.stream().map(Targets::find).toList();
    ModelCard made = complete.apply(ModelCard.of(file, graph)).withAbout(said());
    for (Target chip : chips) {
      made = made.withTarget(TargetFigures.of(graph, chip, ModelOptions.symbol(file)));
    }
    Path page = made.write(card);
    console.say("wrote " + card + " and " + page);
  }

  private Map<String, String> said() {
    if (about == null) {
      return Map.of();
    }
    try {
      if (Files.size(about) > MAX_BYTES) {
        throw bad(about, "it is larger than %,d bytes".formatted(MAX_BYTES));
      }
      Map<String, String> said = new LinkedHashMap<>();
      for (Map.Entry<String, Object> entry : JSON.std.mapFrom(Files.readString(about)).entrySet()) {
        if (!(entry.getValue() instanceof String text)) {
          throw bad(about, "'" + entry.getKey() + "' is no text");
        }
        said.put(entry.getKey(), text);
      }
      return said;
    } catch (IOException e) {
      throw bad(about, "it is no JSON object that can be read");
    }
  }

  private static DiagnosticException bad(Path file, String what) {
    return new DiagnosticException(
        Diagnostic.user(
            CliCodes.BAD_ABOUT,
            file.toString(),
            what,
            "write one JSON object of texts: {\"intendedUse\": \"…\", \"limits\": \"…\"}."));
  }
}
