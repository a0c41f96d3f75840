package dev.mote.plugin;

import java.util.List;
import java.util.regex.Pattern;

/// Who a compiler is, and what it must be given.
///
/// @param name unique: lower-case letters, digits and hyphens, for instance `cmsis-nn`
/// @param version of the compiler; 1 to 64 letters, digits, `.`, `+`, `-`
/// @param vendor who is to be asked about it, for instance a domain name
/// @param licence SPDX expression, for instance `Apache-2.0`
/// @param summary one sentence for people
/// @param formats what it takes: [#GRAPH], or formats of model files such as `tflite`; at least one
/// @param builds kinds of payloads that it may build; at least one
/// @param facts what it wants to know of the device besides the target's name and instruction set
/// @param parametersSchema JSON Schema of its parameters; see `docs/spec/compiler-plugin.md` for
///     the keywords
public record PluginDescription(
    String name,
    String version,
    String vendor,
    String licence,
    String summary,
    List<String> formats,
    List<Payload.Kind> builds,
    List<Fact> facts,
    String parametersSchema) {

  /// The format of a compiler that works on [dev.mote.ir.Graph], whatever file it came from.
  public static final String GRAPH = "graph";

  /// Schema of a compiler that has no parameters.
  public static final String NO_PARAMETERS =
      "{\"type\": \"object\", \"properties\": {}, \"additionalProperties\": false}";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9.+-]{1,64}");

  public PluginDescription {
    formats = List.copyOf(formats);
    builds = List.copyOf(builds);
    facts = List.copyOf(facts);
    require(NAME.matcher(name).matches(), "'" + name + "' is no name of a compiler");
    require(VERSION.matcher(version).matches(), "'" + version + "' is no version");
    requireText(vendor, "vendor");
    requireText(licence, "licence");
    requireText(summary, "summary");
    require(!formats.isEmpty(), "a compiler takes at least one format");
    formats.forEach(
        format -> require(NAME.matcher(format).matches(), "'" + format + "' is no format"));
    require(!builds.isEmpty(), "a compiler builds at least one kind of payload");
  }

  /// A fact about a device.
  ///
  /// @param name see [Device#fact]
  /// @param required whether the compiler refuses a device of which it is not known
  /// @param purpose what it is needed for, for people
  public record Fact(String name, boolean required, String purpose) {
    public Fact {
      require(name.matches(Device.FACT_NAME), "'" + name + "' is no name of a fact");
      requireText(purpose, "purpose of a fact");
    }
  }

  private static void requireText(String text, String what) {
    require(
        !text.isBlank() && text.length() <= 500 && text.chars().noneMatch(Character::isISOControl),
        "the " + what + " is a line of 1 to 500 characters");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
