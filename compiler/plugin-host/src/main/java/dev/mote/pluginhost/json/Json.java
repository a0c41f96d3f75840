package dev.mote.pluginhost.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads and writes JSON objects: maps, lists, strings, numbers, booleans.
public final class Json {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxStringLength(1 << 20)
                  .maxNumberLength(40)
                  .maxNameLength(1000)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final JSON OBJECTS =
      JSON.builder(FACTORY).enable(JSON.Feature.PRESERVE_FIELD_ORDERING).build();

  private Json() {}

  /// The object that `text` is.
  ///
  /// @throws JsonProblem when it is not exactly one JSON object, or beyond the limits
  public static Map<String, Object> object(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      Object value = OBJECTS.anyFrom(parser);
      if (parser.nextToken() != null) {
        throw new JsonProblem("something follows the JSON object");
      }
      if (!(value instanceof Map<?, ?> members)) {
        throw new JsonProblem("it is no JSON object");
      }
      Map<String, Object> object = new LinkedHashMap<>();
      members.forEach((name, member) -> object.put(String.valueOf(name), member));
      return object;
    } catch (IOException e) {
      throw new JsonProblem("it is no JSON: " + firstLine(e));
    }
  }

  /// The text of a map on one line.
  public static String line(Map<String, ?> object) {
    try {
      return OBJECTS.asString(object);
    } catch (IOException e) {
      throw new IllegalArgumentException("it has no JSON form", e);
    }
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
