package dev.mote.service.device.filter;

import dev.mote.service.device.filter.Condition.All;
import dev.mote.service.device.filter.Condition.Any;
import dev.mote.service.device.filter.Condition.Comparison;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads a filter by recursive descent; no deeper than [#MOST_LEVELS].
final class FilterReader {

  static final int MOST_CHARACTERS = 2_000;
  static final int MOST_LEVELS = 20;
  static final int MOST_COMPARISONS = 50;
  private static final int MOST_WILDCARDS = 5;
  private static final String RESERVED = "\"'();,=!<>";
  private static final Map<String, Long> UNITS =
      Map.of(
          "", 1L, "b", 1L, "k", 1024L, "kb", 1024L, "kib", 1024L, "m", 1L << 20, "mb", 1L << 20,
          "mib", 1L << 20);
  private static final Set<String> STATES = Set.of("ONLINE", "SLEEPING", "OFFLINE", "NEVER_SEEN");

  private final String text;
  private int at;
  private int comparisons;

  private FilterReader(String text) {
    this.text = text;
  }

  static Condition read(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new FilterRefused(
          MOST_CHARACTERS, "a filter has at most %,d characters".formatted(MOST_CHARACTERS), "");
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new FilterRefused(i, "there is a control character", "");
      }
    }
    FilterReader reader = new FilterReader(text);
    Condition condition = reader.any(0);
    if (reader.at < text.length()) {
      throw reader.refused(
          text.charAt(reader.at) == ')'
              ? "this parenthesis was not opened"
              : "expected ; or , before the next comparison");
    }
    return condition;
  }

  private Condition any(int level) {
    List<Condition> parts = new ArrayList<>(List.of(all(level)));
    while (takeSign(',', "or")) {
      parts.add(all(level));
    }
    return parts.size() == 1 ? parts.getFirst() : new Any(List.copyOf(parts));
  }

  private Condition all(int level) {
    List<Condition> parts = new ArrayList<>(List.of(term(level)));
    while (takeSign(';', "and")) {
      parts.add(term(level));
    }
    return parts.size() == 1 ? parts.getFirst() : new All(List.copyOf(parts));
  }

  private Condition term(int level) {
    blanks();
    if (!next('(')) {
      return comparison();
    }
    if (level == MOST_LEVELS) {
      throw refused("parentheses are nested more than %d deep".formatted(MOST_LEVELS));
    }
    at++;
    Condition inner = any(level + 1);
    if (!next(')')) {
      throw refused("expected )");
    }
    at++;
    blanks();
    return inner;
  }

  private Condition comparison() {
    if (++comparisons > MOST_COMPARISONS) {
      throw refused("a filter has at most %d comparisons".formatted(MOST_COMPARISONS));
    }
    int start = at;
    String name = word();
    if (name.isEmpty()) {
      throw refused("expected a field, such as endpoint or tag.site");
    }
    Field field = field(name, start);
    String key = field.hasKey() ? name.substring(field.label.length()) : "";
    blanks();
    int sign = at;
    Operator operator = operator();
    if (operator.isOrder() && field.kind == Field.Kind.TEXT) {
      throw new FilterRefused(
          sign,
          "%s is a text and has no order".formatted(name),
          "It takes ==, !=, =in=, =out= and =isnull=.");
    }
    List<Operand> operands = new ArrayList<>();
    blanks();
    if (operator.takesList()) {
      if (!next('(')) {
        throw refused("expected ( after %s".formatted(operator.sign()));
      }
      do {
        at++;
        operands.add(operand(field, operator));
        blanks();
      } while (next(','));
      if (!next(')')) {
        throw refused("expected , or )");
      }
      at++;
    } else {
      operands.add(operand(field, operator));
    }
    blanks();
    return new Comparison(field, key, operator, List.copyOf(operands));
  }

  private static Field field(String name, int position) {
    for (Field field : Field.values()) {
      if (field.hasKey()
          ? name.startsWith(field.label) && name.length() > field.label.length()
          : name.equals(field.label)) {
        return field;
      }
    }
    throw new FilterRefused(
        position,
        "a device has no field '%s'".formatted(shortened(name)),
        Spelling.closest(name, Field.names())
            .map("Did you mean %s?"::formatted)
            .orElse("Fields are " + String.join(", ", Field.names()) + "."));
  }

  private Operator operator() {
    for (String sign : Operator.SIGNS) {
      if (text.startsWith(sign, at)) {
        at += sign.length();
        return Operator.of(sign);
      }
    }
    int end = at;
    while (end < text.length() && end - at < 12 && isOfSign(text.charAt(end))) {
      end++;
    }
    String typed = text.substring(at, end);
    throw new FilterRefused(
        at,
        typed.isEmpty() ? "expected an operator, such as ==" : "no operator begins here",
        typed.startsWith("=")
            ? Spelling.closest(typed, Operator.SIGNS)
                .map("Did you mean %s?"::formatted)
                .orElse("Did you mean ==?")
            : "Operators are " + String.join(" ", Operator.SIGNS) + ".");
  }

  private static boolean isOfSign(char c) {
    return "=!<>".indexOf(c) >= 0 || Character.isLetter(c);
  }

  private Operand operand(Field field, Operator operator) {
    blanks();
    int start = at;
    Pattern pattern = pattern();
    if (operator == Operator.IS_NULL) {
      return switch (pattern.isText() ? pattern.text() : "") {
        case "true" -> new Operand.Flag(true);
        case "false" -> new Operand.Flag(false);
        default -> throw new FilterRefused(start, "=isnull= takes true or false", "");
      };
    }
    if (field.kind.isText() && !operator.isOrder()) {
      if (field == Field.STATE && pattern.isText() && !STATES.contains(pattern.text())) {
        throw new FilterRefused(
            start,
            "no device is ever in state '%s'".formatted(shortened(pattern.text())),
            Spelling.closest(pattern.text(), STATES)
                .map("Did you mean %s?"::formatted)
                .orElse("States are ONLINE, SLEEPING, OFFLINE and NEVER_SEEN."));
      }
      return new Operand.Text(pattern);
    }
    if (!pattern.isText()) {
      throw new FilterRefused(
          start, "%s is %s and takes no *".formatted(field.label, field.kind.words), "");
    }
    Optional<Operand> operand =
        field.kind != Field.Kind.TIME ? number(pattern.text()) : time(pattern.text());
    return operand.orElseThrow(
        () ->
            new FilterRefused(
                start,
                "'%s' is not %s".formatted(shortened(pattern.text()), field.kind.words),
                field.kind != Field.Kind.TIME
                    ? "Write 65536 or 64kB."
                    : "Write 2026-11-22, 2026-11-22T08:00:00Z, or -2h for two hours ago."));
  }

  private static Optional<Operand> number(String word) {
    int digits = 0;
    while (digits < word.length() && word.charAt(digits) >= '0' && word.charAt(digits) <= '9') {
      digits++;
    }
    Long unit = UNITS.get(word.substring(digits).toLowerCase(Locale.ROOT));
    // 12 digits times a unit stay within a long.
    if (unit == null || digits == 0 || digits > 12) {
      return Optional.empty();
    }
    return Optional.of(new Operand.Number(Long.parseLong(word.substring(0, digits)) * unit));
  }

  private static Optional<Operand> time(String word) {
    try {
      if (word.startsWith("-") && word.length() > 2 && word.length() < 8) {
        long amount = Long.parseLong(word.substring(1, word.length() - 1));
        return switch (word.charAt(word.length() - 1)) {
          case 's' -> Optional.of(new Operand.Ago(Duration.ofSeconds(amount)));
          case 'm' -> Optional.of(new Operand.Ago(Duration.ofMinutes(amount)));
          case 'h' -> Optional.of(new Operand.Ago(Duration.ofHours(amount)));
          case 'd' -> Optional.of(new Operand.Ago(Duration.ofDays(amount)));
          default -> Optional.empty();
        };
      }
      Instant instant =
          word.length() == 10
              ? LocalDate.parse(word).atStartOfDay(ZoneOffset.UTC).toInstant()
              : Instant.parse(word);
      int year = instant.atZone(ZoneOffset.UTC).getYear();
      return year < 1970 || year > 9999
          ? Optional.empty()
          : Optional.of(new Operand.At(instant.truncatedTo(ChronoUnit.MICROS)));
    } catch (DateTimeException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// A word, or a text in quotes; there a backslash takes the next character as it is.
  private Pattern pattern() {
    int start = at;
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    if (next('"') || next('\'')) {
      char quote = text.charAt(at++);
      while (at < text.length() && text.charAt(at) != quote) {
        char c = text.charAt(at++);
        if (c == '\\' && at < text.length()) {
          piece.append(text.charAt(at++));
        } else if (c == '*') {
          pieces.add(piece.toString());
          piece.setLength(0);
        } else {
          piece.append(c);
        }
      }
      if (at == text.length()) {
        throw new FilterRefused(start, "the quotation that begins here does not end", "");
      }
      at++;
    } else {
      String word = word();
      if (word.isEmpty()) {
        throw refused("expected a value; in quotes when it has blanks or any of " + RESERVED);
      }
      for (char c : word.toCharArray()) {
        if (c == '*') {
          pieces.add(piece.toString());
          piece.setLength(0);
        } else {
          piece.append(c);
        }
      }
    }
    pieces.add(piece.toString());
    if (pieces.size() > MOST_WILDCARDS + 1) {
      throw new FilterRefused(
          start, "a value has at most %d wildcards".formatted(MOST_WILDCARDS), "");
    }
    return new Pattern(pieces);
  }

  private String word() {
    int start = at;
    while (at < text.length()
        && RESERVED.indexOf(text.charAt(at)) < 0
        && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private boolean takeSign(char sign, String word) {
    blanks();
    if (next(sign)) {
      at++;
      return true;
    }
    int end = at + word.length();
    if (text.startsWith(word, at)
        && end < text.length()
        && (Character.isWhitespace(text.charAt(end)) || text.charAt(end) == '(')) {
      at = end;
      return true;
    }
    return false;
  }

  private boolean next(char sign) {
    return at < text.length() && text.charAt(at) == sign;
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private static String shortened(String word) {
    return word.length() <= 40 ? word : word.substring(0, 40) + "…";
  }

  private FilterRefused refused(String what) {
    return new FilterRefused(at, what, "");
  }
}
