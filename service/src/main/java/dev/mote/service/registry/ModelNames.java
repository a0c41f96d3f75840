package dev.mote.service.registry;

import dev.mote.service.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// What names, aliases, tags and the like may look like.
final class ModelNames {

  static final int MOST_DESCRIPTION = 4000;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final int MOST_TAGS = 50;

  private ModelNames() {}

  static boolean isName(String text) {
    return NAME.matcher(text).matches() && id(text).isEmpty();
  }

  static Optional<UUID> id(String text) {
    if (text.length() != 36) {
      return Optional.empty();
    }
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static void checkName(List<Problem.FieldError> errors, String field, String name) {
    if (!isName(name)) {
      errors.add(
          new Problem.FieldError(
              field,
              "must be 1 to 100 letters, digits, '.', '_' or '-', begin with a letter or digit, and"
                  + " be no UUID"));
    }
  }

  static void checkText(List<Problem.FieldError> errors, String field, String text, int most) {
    if (text.length() > most || text.indexOf('\0') >= 0) {
      errors.add(new Problem.FieldError(field, "must be text of at most " + most + " characters"));
    }
  }

  static void checkTags(List<Problem.FieldError> errors, List<String> tags) {
    if (tags.size() > MOST_TAGS) {
      errors.add(new Problem.FieldError("tags", "must be at most " + MOST_TAGS));
    }
    for (int i = 0; i < tags.size(); i++) {
      checkName(errors, "tags[" + i + "]", tags.get(i));
    }
  }

  static void refuse(List<Problem.FieldError> errors) {
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
  }

  static String checkedAlias(String alias) {
    List<Problem.FieldError> errors = new ArrayList<>();
    checkName(errors, "alias", alias);
    refuse(errors);
    return alias;
  }

  /// What search looks through.
  static String words(String name, String description, List<String> tags) {
    return (name + " " + description + " " + String.join(" ", tags)).toLowerCase(Locale.ROOT);
  }

  /// A file's name without folders and control characters.
  static String fileName(Optional<String> given) {
    String name = given.orElse("model");
    name = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    name = name.replaceAll("[\\p{Cntrl}\"]", "_");
    name = name.length() > 200 ? name.substring(name.length() - 200) : name;
    return name.isBlank() ? "model" : name;
  }
}
