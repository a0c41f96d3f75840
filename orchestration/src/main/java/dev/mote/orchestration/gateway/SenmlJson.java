package dev.mote.orchestration.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mote.orchestration.object.ResourcePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// SenML as JSON (RFC 8428, 5), and the JSON of LwM2M 1.0, which is its forerunner.
final class SenmlJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private SenmlJson() {}

  static List<Measurement> read(byte[] payload, Instant now) throws BadContentException {
    JsonNode root = parse(payload);
    if (!root.isArray()) {
      throw new BadContentException("a SenML pack is an array");
    }
    SenmlPack pack = new SenmlPack(now);
    for (JsonNode record : root) {
      SenmlPack.Entry entry = new SenmlPack.Entry();
      if (record.hasNonNull("bn")) {
        entry.baseName = record.get("bn").asText();
      }
      if (record.hasNonNull("bt")) {
        entry.baseTime = record.get("bt").asDouble();
      }
      entry.name = record.path("n").asText("");
      entry.time = record.path("t").asDouble();
      entry.value = value(record, "v", "vs", "vb", "vlo");
      if (record.hasNonNull("vd")) {
        try {
          entry.value = Base64.getUrlDecoder().decode(record.get("vd").asText());
        } catch (IllegalArgumentException e) {
          throw new BadContentException("bytes that are not base 64", e);
        }
      }
      pack.add(entry);
    }
    return pack.measurements();
  }

  /// JSON of LwM2M 1.0, content format 11543.
  static List<Measurement> readOld(byte[] payload, NodePath base, Instant now)
      throws BadContentException {
    JsonNode root = parse(payload);
    SenmlPack pack = new SenmlPack(now);
    String baseName = root.path("bn").asText(base.toString());
    for (JsonNode record : root.path("e")) {
      SenmlPack.Entry entry = new SenmlPack.Entry();
      String name = record.path("n").asText("");
      entry.baseName =
          name.isEmpty() || name.startsWith("/") || baseName.endsWith("/")
              ? baseName
              : baseName + "/";
      entry.baseTime = root.path("bt").asDouble();
      entry.name = name;
      entry.time = record.path("t").asDouble();
      entry.value = value(record, "v", "sv", "bv", "ov");
      pack.add(entry);
    }
    return pack.measurements();
  }

  private static JsonNode parse(byte[] payload) throws BadContentException {
    try {
      return JSON.readTree(payload);
    } catch (IOException e) {
      throw new BadContentException("broken JSON", e);
    }
  }

  private static @Nullable Object value(
      JsonNode record, String number, String text, String flag, String link) {
    JsonNode value = record.path(number);
    if (value.isNumber()) {
      return value.isIntegralNumber() && value.canConvertToLong()
          ? (Object) value.asLong()
          : (Object) value.asDouble();
    }
    if (record.path(text).isTextual()) {
      return record.get(text).asText();
    }
    if (record.path(flag).isBoolean()) {
      return record.get(flag).asBoolean();
    }
    return record.path(link).isTextual() ? record.get(link).asText() : null;
  }

  /// The resources of a write.
  static byte[] write(Map<ResourcePath, List<Value>> values) {
    ArrayNode pack = JSON.createArrayNode();
    values.forEach(
        (path, list) -> {
          for (int i = 0; i < list.size(); i++) {
            ObjectNode record = pack.addObject();
            record.put("n", list.size() == 1 ? path.toString() : path + "/" + i);
            switch (list.get(i)) {
              case Value.Whole whole -> record.put("v", whole.number());
              case Value.Decimal decimal -> record.put("v", decimal.number());
              case Value.Flag flag -> record.put("vb", flag.flag());
              case Value.Text text ->
                  record.put(
                      ResourceKind.of(path) == ResourceKind.LINK ? "vlo" : "vs", text.text());
              case Value.Bytes bytes ->
                  record.put(
                      "vd",
                      Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toArray()));
            }
          }
        });
    try {
      return JSON.writeValueAsString(pack).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON can be written", e);
    }
  }
}
