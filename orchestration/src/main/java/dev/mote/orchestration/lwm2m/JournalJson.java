package dev.mote.orchestration.lwm2m;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/// JSON of the journal's entries.
///
/// Buffers are pooled among threads: Jackson keeps them with the thread otherwise, and each message
/// of a device has a virtual thread of its own.
public final class JournalJson {

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder().recyclerPool(JsonRecyclerPools.newConcurrentDequePool()).build());

  private JournalJson() {}

  /// An object without anything in it.
  public static ObjectNode empty() {
    return JSON.createObjectNode();
  }

  public static String write(ObjectNode object) {
    try {
      return JSON.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written", e);
    }
  }

  /// An object of nothing but texts.
  public static String write(Map<String, String> texts) {
    ObjectNode object = empty();
    texts.forEach(object::put);
    return write(object);
  }

  /// What [#write(Map)] wrote.
  ///
  /// @param what it is, for words about it
  /// @throws IllegalStateException when it is no object of JSON
  public static Map<String, String> texts(String text, String what) {
    Map<String, String> texts = new HashMap<>();
    read(text, what).properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  /// @param what it is, for words about it
  /// @throws IllegalStateException when it is no object of JSON
  public static ObjectNode read(String text, String what) {
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("unreadable " + what, e);
    }
    throw new IllegalStateException("unreadable " + what);
  }
}
