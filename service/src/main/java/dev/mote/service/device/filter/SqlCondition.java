package dev.mote.service.device.filter;

import dev.mote.service.device.filter.Condition.All;
import dev.mote.service.device.filter.Condition.Any;
import dev.mote.service.device.filter.Condition.Comparison;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Writes a filter as a condition of SQL over the columns of table `device`.
final class SqlCondition {

  /// A version as a number, where it is one.
  private static final String NUMBER_OF =
      "(case when %1$s ~ '^[0-9]{1,18}$' then %1$s::bigint end)";

  private final Instant now;
  private final Map<String, Object> parameters = new HashMap<>();

  SqlCondition(Instant now) {
    this.now = now;
  }

  Map<String, Object> parameters() {
    return parameters;
  }

  String of(Condition condition) {
    return switch (condition) {
      case All(List<Condition> parts) -> joined(parts, " and ");
      case Any(List<Condition> parts) -> joined(parts, " or ");
      case Comparison comparison -> of(comparison);
    };
  }

  private String joined(List<Condition> parts, String word) {
    return parts.stream().map(this::of).collect(Collectors.joining(word, "(", ")"));
  }

  /// A negative is the positive that is not true, which holds as well where there is no value.
  private String of(Comparison comparison) {
    if (comparison.operator() == Operator.IS_NULL) {
      Operand.Flag wanted = (Operand.Flag) comparison.operands().getFirst();
      return "(%s is %s)".formatted(value(comparison), wanted.value() ? "null" : "not null");
    }
    String positive =
        comparison.operands().stream()
            .map(operand -> compared(comparison, operand))
            .collect(Collectors.joining(" or ", "(", ")"));
    return comparison.operator().isNegative() ? "(" + positive + " is not true)" : positive;
  }

  private String compared(Comparison comparison, Operand operand) {
    Field field = comparison.field();
    if (comparison.operator().isOrder()) {
      String value = value(comparison);
      return "%s %s %s"
          .formatted(
              field.kind == Field.Kind.VERSION ? NUMBER_OF.formatted(value) : value,
              comparison.operator().sign(),
              hole(operand));
    }
    if (!(operand instanceof Operand.Text(Pattern pattern))) {
      return value(comparison) + " = " + hole(operand);
    }
    if (field.isSet()) {
      if (!pattern.isText()) {
        return "exists (select 1 from %s as one(it) where it like %s)"
            .formatted(members(field), hole(pattern.like()));
      }
      return field == Field.TAGS
          ? "jsonb_exists(tags, %s)".formatted(hole(pattern.text()))
          : "groups @> array[%s]::text[]".formatted(hole(pattern.text()));
    }
    return pattern.isText()
        ? value(comparison) + " = " + hole(pattern.text())
        : value(comparison) + " like " + hole(pattern.like());
  }

  private String value(Comparison comparison) {
    Field field = comparison.field();
    if (field.isSet()) {
      return "(select min(it) from %s as one(it))".formatted(members(field));
    }
    return field.hasKey()
        ? "(" + field.column.replace(":%s", hole(comparison.key())) + ")"
        : field.column;
  }

  private static String members(Field field) {
    return field == Field.TAGS ? "jsonb_object_keys(tags)" : "unnest(groups)";
  }

  private String hole(Operand operand) {
    return switch (operand) {
      case Operand.Number(long value) -> hole(value);
      case Operand.At _, Operand.Ago _ ->
          hole(Operand.instant(operand, now).atOffset(ZoneOffset.UTC));
      case Operand.Text _, Operand.Flag _ -> throw new IllegalStateException(operand.toString());
    };
  }

  private String hole(Object value) {
    String name = "filter" + parameters.size();
    parameters.put(name, value);
    return ":" + name;
  }
}
