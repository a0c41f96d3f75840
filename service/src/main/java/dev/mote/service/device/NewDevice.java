package dev.mote.service.device;

import dev.mote.service.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A device that is to be entered.
///
/// @param endpoint its LwM2M endpoint name
/// @param name for people; the endpoint unless given
/// @param tags of people's choice
/// @param credential what it must prove; a generated pre-shared key unless given
/// @param recipientKey public key that modules are encrypted for, as PEM or Base64
record NewDevice(
    @Nullable String endpoint,
    @Nullable String name,
    @Nullable Map<String, String> tags,
    @Nullable CredentialSpec credential,
    @Nullable String recipientKey) {

  private static final int LONGEST_NAME = 128;
  private static final int MOST_TAGS = 32;

  NewDevice {
    List<Problem.FieldError> errors = new ArrayList<>();
    if (endpoint == null || !isName(endpoint)) {
      errors.add(
          new Problem.FieldError(
              "endpoint",
              "must have 1 to 128 characters, none of control, none at the ends blank"));
    }
    checkName(name, errors);
    checkTags(tags, errors);
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
  }

  static boolean isName(String text) {
    return !text.isBlank()
        && text.length() <= LONGEST_NAME
        && text.equals(text.strip())
        && text.chars().noneMatch(Character::isISOControl);
  }

  static void checkName(@Nullable String name, List<Problem.FieldError> errors) {
    if (name != null && !isName(name)) {
      errors.add(new Problem.FieldError("name", "must have 1 to 128 characters, none of control"));
    }
  }

  static void checkTags(
      @Nullable Map<String, ? extends @Nullable String> tags, List<Problem.FieldError> errors) {
    if (tags == null) {
      return;
    }
    if (tags.size() > MOST_TAGS) {
      errors.add(new Problem.FieldError("tags", "must be 32 at the most"));
    }
    tags.forEach(
        (key, value) -> {
          if (!key.matches("[A-Za-z0-9_.-]{1,64}")
              || value != null
                  && (value.length() > LONGEST_NAME
                      || value.chars().anyMatch(Character::isISOControl))) {
            errors.add(
                new Problem.FieldError(
                    "tags." + key,
                    "names have 1 to 64 letters, digits, '_', '.' or '-'; values 128 characters"));
          }
        });
  }

  @Override
  public String endpoint() {
    return Required.value(endpoint);
  }

  String nameOrEndpoint() {
    return name == null ? endpoint() : name;
  }

  Map<String, String> tagsOrNone() {
    return tags == null ? Map.of() : tags;
  }

  CredentialSpec credentialOrPsk() {
    return credential == null ? CredentialSpec.GENERATED : credential;
  }

  Optional<byte[]> recipient() {
    return Optional.ofNullable(recipientKey).map(CredentialSpec::publicKey);
  }
}
