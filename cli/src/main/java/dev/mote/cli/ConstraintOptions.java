package dev.mote.cli;

import dev.mote.plugin.Compiler.Constraints;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// What a compiled model must not exceed.
final class ConstraintOptions {

  private static final Pattern QUANTITY =
      Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?) *([a-zµ]*)");

  @Option(
      names = "--max-latency",
      paramLabel = "TIME",
      converter = Time.class,
      description = "Longest inference, as estimated at the target's clock: 20ms, 1.5s, 800us.")
  private @Nullable Duration latency;

  @Option(
      names = "--max-ram",
      paramLabel = "BYTES",
      converter = Bytes.class,
      description = "Largest arena: 32kB (of 1,024 bytes), 1MB, 20000.")
  private @Nullable Long ram;

  @Option(
      names = "--max-flash",
      paramLabel = "BYTES",
      converter = Bytes.class,
      description = "Most bytes of constants and code, the code as estimated.")
  private @Nullable Long flash;

  Constraints constraints() {
    return new Constraints(Optional.ofNullable(latency), optional(ram), optional(flash));
  }

  private static OptionalLong optional(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /// `20ms` → a duration.
  static final class Time implements ITypeConverter<Duration> {
    private static final Map<String, Long> NANOSECONDS =
        Map.of("us", 1_000L, "µs", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L);

    @Override
    public Duration convert(String text) {
      return Duration.ofNanos(amount(text, NANOSECONDS, "a time such as 20ms, 1.5s or 800us"));
    }
  }

  /// `32kB` → 32,768.
  static final class Bytes implements ITypeConverter<Long> {
    private static final Map<String, Long> UNITS =
        Map.of(
            "", 1L, "b", 1L, "k", 1024L, "kb", 1024L, "kib", 1024L, "m", 1L << 20, "mb", 1L << 20,
            "mib", 1L << 20);

    @Override
    public Long convert(String text) {
      return amount(text, UNITS, "a size such as 32kB, 1MB or 20000");
    }
  }

  private static long amount(String text, Map<String, Long> units, String expected) {
    Matcher quantity = QUANTITY.matcher(text.strip().toLowerCase(Locale.ROOT));
    Long unit = quantity.matches() ? units.get(quantity.group(2)) : null;
    if (unit == null || new BigDecimal(quantity.group(1)).signum() == 0) {
      throw new TypeConversionException("'" + text + "' is not " + expected);
    }
    return new BigDecimal(quantity.group(1)).multiply(BigDecimal.valueOf(unit)).longValue();
  }
}
