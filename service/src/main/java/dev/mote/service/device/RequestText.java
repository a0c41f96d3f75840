package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.Link;
import dev.mote.orchestration.gateway.NodePath;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.ResourcePath;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Requests and answers as JSON, as they are stored and as people write them.
///
/// A value is a number, a text, `true` or `false`; bytes are `{"base64": "…"}`. A number with a
/// point is one with a fraction.
final class RequestText {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LONGEST_LIST = 64;

  private RequestText() {}

  static String write(Request request) {
    ObjectNode json = JSON.createObjectNode();
    switch (request) {
      case Request.Read(List<NodePath> paths) -> {
        json.put("kind", "read");
        ArrayNode list = json.putArray("paths");
        paths.forEach(path -> list.add(path.toString()));
      }
      case Request.Write(NodePath path, Map<ResourcePath, List<Value>> values) -> {
        json.put("kind", "write").put("path", path.toString());
        json.set("values", values(values));
      }
      case Request.WriteAttributes(NodePath path, Map<String, String> attributes) -> {
        json.put("kind", "attributes").put("path", path.toString());
        ObjectNode map = json.putObject("attributes");
        attributes.forEach(map::put);
      }
      case Request.Execute(ResourcePath path, String arguments) ->
          json.put("kind", "execute").put("path", path.toString()).put("arguments", arguments);
      case Request.Observe(NodePath path) ->
          json.put("kind", "observe").put("path", path.toString());
      case Request.Forget(NodePath path) -> json.put("kind", "forget").put("path", path.toString());
      case Request.Discover(NodePath path) ->
          json.put("kind", "discover").put("path", path.toString());
      case Request.Push(ResourcePath path, String sha256, long from) ->
          json.put("kind", "push")
              .put("path", path.toString())
              .put("sha256", sha256)
              .put("from", from);
      case Request.Offer(ResourcePath path, String sha256) ->
          json.put("kind", "offer").put("path", path.toString()).put("sha256", sha256);
    }
    return json.toString();
  }

  static Request read(String text) {
    return read(JSON.readTree(text));
  }

  /// Reads a request.
  ///
  /// @throws IllegalArgumentException when it is none, with a sentence for people
  static Request read(JsonNode json) {
    String kind = text(json, "kind");
    return switch (kind) {
      case "read" -> new Request.Read(paths(json));
      case "write" -> write(json);
      case "attributes" -> {
        Map<String, String> attributes = new TreeMap<>();
        json.path("attributes").properties().forEach(a -> attributes.put(a.getKey(), plain(a)));
        yield new Request.WriteAttributes(path(json), attributes);
      }
      case "execute" ->
          new Request.Execute(
              path(json).resource(), json.has("arguments") ? text(json, "arguments") : "");
      case "observe" -> new Request.Observe(path(json));
      case "forget" -> new Request.Forget(path(json));
      case "discover" -> new Request.Discover(path(json));
      case "push" ->
          new Request.Push(path(json).resource(), text(json, "sha256"), json.path("from").asLong());
      case "offer" -> new Request.Offer(path(json).resource(), text(json, "sha256"));
      default ->
          throw new IllegalArgumentException(
              "kind must be read, write, attributes, execute, observe, forget or discover, not '"
                  + kind
                  + "'");
    };
  }

  private static Request write(JsonNode json) {
    NodePath path = path(json);
    Map<ResourcePath, List<Value>> values = new TreeMap<>();
    if (json.has("value")) {
      values.put(path.resource(), List.of(value(json.get("value"))));
    }
    json.path("values")
        .properties()
        .forEach(v -> values.put(NodePath.of(v.getKey()).resource(), list(v.getValue())));
    return new Request.Write(path, values);
  }

  private static String plain(Map.Entry<String, JsonNode> entry) {
    return entry.getValue().asString("");
  }

  private static List<NodePath> paths(JsonNode json) {
    if (json.has("path")) {
      return List.of(path(json));
    }
    List<NodePath> paths = new ArrayList<>();
    json.path("paths").forEach(p -> paths.add(NodePath.of(p.asString(""))));
    return paths;
  }

  private static NodePath path(JsonNode json) {
    return NodePath.of(text(json, "path"));
  }

  private static String text(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isString()) {
      throw new IllegalArgumentException("'" + name + "' must be a text");
    }
    return value.asString();
  }

  /// Values by the paths of their resources; one alone where there is one.
  static ObjectNode values(Map<ResourcePath, List<Value>> values) {
    ObjectNode json = JSON.createObjectNode();
    values.forEach(
        (path, list) -> {
          ArrayNode array = json.putArray(path.toString());
          list.forEach(value -> array.add(json(value)));
        });
    return json;
  }

  private static JsonNode json(Value value) {
    return switch (value) {
      case Value.Whole(long number) -> JSON.getNodeFactory().numberNode(number);
      case Value.Decimal(double number) ->
          Double.isFinite(number)
              ? JSON.getNodeFactory().numberNode(number)
              : JSON.getNodeFactory().stringNode(Double.toString(number));
      case Value.Text(String text) -> JSON.getNodeFactory().stringNode(text);
      case Value.Flag(boolean flag) -> JSON.getNodeFactory().booleanNode(flag);
      case Value.Bytes bytes ->
          JSON.createObjectNode()
              .put("base64", Base64.getEncoder().encodeToString(bytes.toArray()));
    };
  }

  private static List<Value> list(JsonNode json) {
    List<Value> values = new ArrayList<>();
    if (json.isArray()) {
      json.forEach(one -> values.add(value(one)));
    } else {
      values.add(value(json));
    }
    if (values.size() > LONGEST_LIST) {
      throw new IllegalArgumentException("a resource takes at most 64 values");
    }
    return values;
  }

  private static Value value(JsonNode json) {
    if (json.isBoolean()) {
      return Value.of(json.asBoolean());
    }
    if (json.isIntegralNumber() && json.canConvertToLong()) {
      return Value.of(json.asLong());
    }
    if (json.isNumber()) {
      return Value.of(json.asDouble());
    }
    if (json.isString()) {
      return Value.of(json.asString());
    }
    if (json.path("base64").isString()) {
      return Value.of(Base64.getDecoder().decode(json.get("base64").asString()));
    }
    throw new IllegalArgumentException(
        "a value must be a number, a text, true, false or {\"base64\": …}");
  }

  /// What became of a request, for people.
  static ObjectNode answer(Answer answer) {
    ObjectNode json = JSON.createObjectNode();
    switch (answer) {
      case Answer.Received(
              int code,
              Map<ResourcePath, List<Value>> values,
              Map<String, Integer> refused,
              List<Link> links,
              String words) -> {
        json.put("outcome", code / 100 == 2 ? "DONE" : "REFUSED").put("code", code(code));
        if (!values.isEmpty()) {
          json.set("values", values(values));
        }
        if (!refused.isEmpty()) {
          ObjectNode map = json.putObject("refused");
          refused.forEach((path, why) -> map.put(path, why == 0 ? "unreadable" : code(why)));
        }
        if (!links.isEmpty()) {
          ArrayNode list = json.putArray("links");
          links.forEach(link -> list.add(link(link)));
        }
        if (!words.isEmpty()) {
          json.put("words", words);
        }
      }
      case Answer.Silence(String why) -> json.put("outcome", "NO_ANSWER").put("words", why);
      case Answer.Unsent(String why) -> json.put("outcome", "NOT_SENT").put("words", why);
    }
    return json;
  }

  /// A response code of CoAP as people write it: `2.05`.
  static String code(int code) {
    return "%d.%02d".formatted(code / 100, code % 100);
  }

  /// A link as CoRE Link Format writes it.
  static String link(Link link) {
    StringBuilder text = new StringBuilder("<").append(link.target()).append('>');
    new TreeMap<>(link.attributes())
        .forEach(
            (name, value) -> {
              text.append(';').append(name);
              if (!value.isEmpty()) {
                text.append("=\"").append(value.replace("\"", "")).append('"');
              }
            });
    return text.toString();
  }
}
