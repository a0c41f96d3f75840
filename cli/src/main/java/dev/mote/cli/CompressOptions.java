package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.pipeline.compress.ChannelImportance;
import dev.mote.pipeline.compress.ChannelPruning;
import dev.mote.pipeline.compress.EntropyRounding;
import dev.mote.pipeline.compress.GroupPruning;
import dev.mote.pipeline.compress.LowRank;
import dev.mote.pipeline.compress.MagnitudePruning;
import dev.mote.pipeline.compress.WeightClustering;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What is done to a model to make it smaller, and how much of it.
final class CompressOptions {

  @Option(
      names = "--channels",
      paramLabel = "PART[,LAYER=PART]",
      description =
          "Remove this part of the channels of every layer, 0.5 say; with --data the rest is fitted"
              + " to do the same.")
  private @Nullable String channels;

  @Option(
      names = "--multiple",
      paramLabel = "N",
      defaultValue = "4",
      description = "Channels that stay are rounded to a multiple of N (default: 4).")
  private int multiple = 4;

  @Option(
      names = "--low-rank",
      paramLabel = "energy=PART|ratio=PART|rank=N",
      description =
          "Cut layers into two with few channels between: so many that this part of the energy is"
              + " kept, that this part of the weights is left, or N.")
  private @Nullable String lowRank;

  @Option(
      names = "--prune",
      paramLabel = "[magnitude=|global=]PART[,LAYER=PART]",
      description =
          "Zero this part of the weights, of each layer (magnitude) or of the model (global).")
  private @Nullable String prune;

  @Option(
      names = "--groups",
      paramLabel = "PART[:SIZE]|NofM[:SIZE]",
      description =
          "Zero this part of the groups of SIZE weights, which kernels skip, or all but N of every"
              + " M groups (size: 4).")
  private @Nullable String groups;

  @Option(
      names = "--clusters",
      paramLabel = "N[,LAYER=N]",
      description = "Let the weights of a layer take N values, 2 to 256.")
  private @Nullable String clusters;

  @Option(
      names = "--entropy",
      paramLabel = "PRICE",
      description =
          "Prefer frequent values in integer weights; PRICE of a bit in mean squares: 0.002 say.")
  private @Nullable String entropy;

  /// Whether anything is asked for.
  boolean isEmpty() {
    return Stream.of(channels, lowRank, prune, groups, clusters, entropy).allMatch(o -> o == null);
  }

  Optional<ChannelPruning> channelPruning() {
    return parsed("--channels", channels)
        .map(
            list ->
                new ChannelPruning(
                    list.number(Double::parseDouble),
                    list.layers(Double::parseDouble),
                    ChannelImportance.L2,
                    multiple));
  }

  Optional<LowRank> lowRanks() {
    return parsed("--low-rank", lowRank)
        .map(list -> LowRank.of(list.first(text -> rank("--low-rank", text))));
  }

  private static LowRank.Rank rank(String option, String text) {
    String[] parts = text.split("=", 2);
    String value = parts.length == 2 ? parts[1] : "";
    return switch (parts[0]) {
      case "energy" -> new LowRank.Energy(Double.parseDouble(value));
      case "ratio" -> new LowRank.Ratio(Double.parseDouble(value));
      case "rank" -> new LowRank.Exactly(Integer.parseInt(value));
      default -> throw bad(option, text);
    };
  }

  Optional<MagnitudePruning> magnitudePruning() {
    return parsed("--prune", prune)
        .map(
            list -> {
              boolean global = list.head().startsWith("global=");
              String part = list.head().replaceFirst("^(magnitude|global)=", "");
              return new MagnitudePruning(
                  list.value(part, Double::parseDouble),
                  global ? MagnitudePruning.Scope.GLOBAL : MagnitudePruning.Scope.LAYER,
                  list.layers(Double::parseDouble));
            });
  }

  Optional<GroupPruning> groupPruning() {
    return parsed("--groups", groups)
        .map(
            list -> {
              String[] parts = list.head().split(":", 2);
              int size = parts.length == 2 ? list.value(parts[1], Integer::parseInt) : 4;
              String[] regular = parts[0].split("of", 2);
              GroupPruning.Pattern pattern =
                  regular.length == 2
                      ? new GroupPruning.Regular(
                          list.value(regular[0], Integer::parseInt),
                          list.value(regular[1], Integer::parseInt))
                      : new GroupPruning.Fraction(list.value(parts[0], Double::parseDouble));
              return new GroupPruning(size, pattern, list.layers(Double::parseDouble));
            });
  }

  Optional<WeightClustering> clustering() {
    return parsed("--clusters", clusters)
        .map(
            list ->
                new WeightClustering(
                    list.number(Integer::parseInt), list.layers(Integer::parseInt)));
  }

  Optional<EntropyRounding> entropyRounding() {
    return parsed("--entropy", entropy)
        .map(
            list ->
                new EntropyRounding(
                    list.number(Double::parseDouble), list.layers(Double::parseDouble)));
  }

  private static Optional<Setting> parsed(String option, @Nullable String text) {
    return Optional.ofNullable(text).map(all -> new Setting(option, List.of(all.split(",", -1))));
  }

  /// A value and exceptions from it: `0.5,conv1=0.25`.
  private record Setting(String option, List<String> parts) {

    String head() {
      return parts.getFirst().strip();
    }

    <T> T first(Function<String, T> parse) {
      return value(head(), parse);
    }

    <T> T number(Function<String, T> parse) {
      return first(parse);
    }

    <T> Map<String, T> layers(Function<String, T> parse) {
      Map<String, T> layers = new LinkedHashMap<>();
      for (String part : parts.subList(1, parts.size())) {
        // names may contain the sign themselves
        int sign = part.lastIndexOf('=');
        if (sign <= 0) {
          throw bad(option, part);
        }
        layers.put(part.substring(0, sign).strip(), value(part.substring(sign + 1), parse));
      }
      return layers;
    }

    <T> T value(String text, Function<String, T> parse) {
      try {
        return parse.apply(text.strip());
      } catch (NumberFormatException e) {
        throw bad(option, text);
      }
    }
  }

  private static DiagnosticException bad(String option, String text) {
    return new DiagnosticException(
        Diagnostic.user(
            CliCodes.BAD_COMPRESSION,
            option,
            "'" + text + "' is not understood",
            "write it as `mote compress --help` shows; exceptions as LAYER=VALUE after a comma."));
  }

  /// Names of the methods that are asked for, in the order in which they are applied.
  List<String> methods() {
    String[][] all = {
      {"channels", channels}, {"low rank", lowRank}, {"pruning", prune},
      {"groups", groups}, {"clusters", clusters}, {"entropy", entropy}
    };
    return Arrays.stream(all).filter(m -> m[1] != null).map(m -> m[0] + " " + m[1]).toList();
  }
}
