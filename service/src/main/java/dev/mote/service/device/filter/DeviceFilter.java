package dev.mote.service.device.filter;

import dev.mote.service.device.Device;
import dev.mote.service.device.DeviceCondition;
import dev.mote.service.device.filter.Condition.All;
import dev.mote.service.device.filter.Condition.Any;
import dev.mote.service.device.filter.Condition.Comparison;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// A filter over devices.
///
/// Comparisons are joined by `;` or `and`, and weaker by `,` or `or`; parentheses group. Texts are
/// equal letter by letter, with `*` for anything. What a device does not have equals nothing, so
/// that `!=` holds, and is neither below nor above anything. A field with several values, such as
/// `group`, equals what one of them equals.
public final class DeviceFilter {

  private final String text;
  private final Condition condition;

  private DeviceFilter(String text, Condition condition) {
    this.text = text;
    this.condition = condition;
  }

  /// Reads a filter.
  ///
  /// @throws FilterRefused when it is none
  public static DeviceFilter parse(String text) {
    return new DeviceFilter(text, FilterReader.read(text));
  }

  /// The filter for those who ask at `now`.
  public DeviceCondition condition(Instant now) {
    SqlCondition sql = new SqlCondition(now);
    String where = sql.of(condition);
    return new DeviceCondition(where, sql.parameters(), device -> holds(condition, device, now));
  }

  /// Whether its answer for a device may change though nothing about the device does, since time
  /// passes.
  public boolean dependsOnTime() {
    return any(condition, field -> field == Field.LAST_CONTACT);
  }

  /// Whether it asks for groups.
  public boolean asksForGroups() {
    return any(condition, field -> field == Field.GROUP);
  }

  private static boolean any(Condition condition, Predicate<Field> wanted) {
    return switch (condition) {
      case All(List<Condition> parts) -> parts.stream().anyMatch(part -> any(part, wanted));
      case Any(List<Condition> parts) -> parts.stream().anyMatch(part -> any(part, wanted));
      case Comparison comparison ->
          wanted.test(comparison.field())
              || wanted.test(Field.LAST_CONTACT)
                  && comparison.operands().stream().anyMatch(Operand.Ago.class::isInstance);
    };
  }

  private static boolean holds(Condition condition, Device device, Instant now) {
    return switch (condition) {
      case All(List<Condition> parts) -> parts.stream().allMatch(part -> holds(part, device, now));
      case Any(List<Condition> parts) -> parts.stream().anyMatch(part -> holds(part, device, now));
      case Comparison comparison -> holds(comparison, device, now);
    };
  }

  private static boolean holds(Comparison comparison, Device device, Instant now) {
    Operator operator = comparison.operator();
    if (operator == Operator.IS_NULL) {
      return isNull(comparison, device)
          == ((Operand.Flag) comparison.operands().getFirst()).value();
    }
    boolean positive =
        comparison.operands().stream().anyMatch(one -> holds(comparison, one, device, now));
    return positive != operator.isNegative();
  }

  private static boolean isNull(Comparison comparison, Device device) {
    Field field = comparison.field();
    return switch (field.kind) {
      case TEXT, VERSION -> field.texts(device, comparison.key()).isEmpty();
      case NUMBER -> field.number(device).isEmpty();
      case TIME -> field.time(device).isEmpty();
    };
  }

  private static boolean holds(Comparison comparison, Operand operand, Device device, Instant now) {
    Field field = comparison.field();
    Operator operator = comparison.operator();
    return switch (field.kind) {
      case TEXT, VERSION -> {
        Collection<String> texts = field.texts(device, comparison.key());
        yield switch (operand) {
          case Operand.Text(Pattern pattern) -> texts.stream().anyMatch(pattern::matches);
          case Operand.Number(long value) ->
              texts.stream()
                  .filter(text -> text.matches("[0-9]{1,18}"))
                  .anyMatch(text -> operator.holds(Long.compare(Long.parseLong(text), value)));
          case Operand.Flag _, Operand.At _, Operand.Ago _ ->
              throw new IllegalStateException(operand.toString());
        };
      }
      case NUMBER -> {
        OptionalLong number = field.number(device);
        long wanted = ((Operand.Number) operand).value();
        yield number.isPresent() && compared(operator, Long.compare(number.getAsLong(), wanted));
      }
      case TIME -> {
        Optional<Instant> time = field.time(device);
        yield time.isPresent()
            && compared(operator, time.get().compareTo(Operand.instant(operand, now)));
      }
    };
  }

  private static boolean compared(Operator operator, int comparison) {
    return operator.isOrder() ? operator.holds(comparison) : comparison == 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
