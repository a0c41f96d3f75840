package dev.mote.cli;

import dev.mote.optimizer.search.Budget;
import dev.mote.optimizer.search.Goal;
import dev.mote.plugin.Compiler.Constraints;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// What a search must keep within, beside [ConstraintOptions].
final class BudgetOptions {

  @Mixin private ConstraintOptions constraints = new ConstraintOptions();

  @Option(
      names = "--max-cycles",
      paramLabel = "N",
      converter = Positive.class,
      description = "Most cycles of one inference, as estimated.")
  private @Nullable Long cycles;

  @Option(
      names = "--min-accuracy",
      paramLabel = "SHARE",
      converter = GoalText.class,
      description =
          "Least accuracy on the data: 90%%, 0.9, or against the float original -1%% (points).")
  private @Nullable Goal accuracy;

  @Option(
      names = "--min-agreement",
      paramLabel = "SHARE",
      converter = Share.class,
      description = "Least share of samples that get the original's answer: 99%% or 0.99.")
  private @Nullable Double agreement;

  @Option(
      names = "--max-flips",
      paramLabel = "SHARE",
      converter = Share.class,
      description =
          "Largest share of samples that the original has right and the result wrong: 0.5%%.")
  private @Nullable Double flips;

  Budget budget() {
    Constraints limits = constraints.constraints();
    return new Budget(
        limits.flashBytes(),
        limits.ramBytes(),
        limits.latency(),
        cycles == null ? OptionalLong.empty() : OptionalLong.of(cycles),
        Optional.ofNullable(accuracy),
        share(agreement),
        share(flips));
  }

  private static OptionalDouble share(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /// `500000` → itself.
  static final class Positive implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      long value = Long.parseLong(text.strip());
      if (value <= 0) {
        throw new TypeConversionException("a limit is more than nothing");
      }
      return value;
    }
  }

  /// `-1%` → a goal.
  static final class GoalText implements ITypeConverter<Goal> {
    @Override
    public Goal convert(String text) {
      try {
        return Goal.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /// `0.5%` → 0.005.
  static final class Share implements ITypeConverter<Double> {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)(%?)");

    @Override
    public Double convert(String text) {
      Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
      double share =
          matcher.matches()
              ? Double.parseDouble(matcher.group(1)) / (matcher.group(2).isEmpty() ? 1 : 100)
              : Double.NaN;
      if (!(share <= 1)) {
        throw new TypeConversionException("'" + text + "' is no share such as 0.5% or 0.005");
      }
      return share;
    }
  }
}
