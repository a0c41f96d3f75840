package dev.mote.orchestration.lwm2m;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredObservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.eclipse.leshan.core.endpoint.DefaultEndPointUriHandler;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.ObservationIdentifier;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.ContentFormat;
import org.jspecify.annotations.Nullable;

/// Observations as JSON, with what the transport keeps in them.
final class ObservationText {

  private static final DefaultEndPointUriHandler URIS = new DefaultEndPointUriHandler();

  private ObservationText() {}

  static String key(ObservationIdentifier id) {
    return id.getEndpointUri() + " " + HexFormat.of().formatHex(id.getBytes());
  }

  static StoredObservation stored(Observation observation) {
    ObjectNode json = JournalJson.empty();
    json.put("token", HexFormat.of().formatHex(observation.getId().getBytes()));
    json.put("server", observation.getId().getEndpointUri().toString());
    ArrayNode paths = json.putArray("paths");
    switch (observation) {
      case SingleObservation single -> {
        paths.add(single.getPath().toString());
        write(json, "format", single.getContentFormat());
      }
      case CompositeObservation composite -> {
        json.put("composite", true);
        composite.getPaths().forEach(path -> paths.add(path.toString()));
        write(json, "asked", composite.getRequestContentFormat());
        write(json, "format", composite.getResponseContentFormat());
      }
      default -> throw new IllegalArgumentException("unknown kind of observation: " + observation);
    }
    write(json, "context", observation.getContext());
    write(json, "transport", observation.getProtocolData());
    return new StoredObservation(
        key(observation.getId()), observation.getRegistrationId(), JournalJson.write(json));
  }

  static Observation read(StoredObservation stored) {
    JsonNode json = JournalJson.read(stored.content(), "observation " + stored.key());
    ObservationIdentifier id =
        new ObservationIdentifier(
            URIS.createUri(json.required("server").asText()),
            HexFormat.of().parseHex(json.required("token").asText()));
    List<LwM2mPath> paths = new ArrayList<>();
    json.required("paths").forEach(path -> paths.add(new LwM2mPath(path.asText())));
    Map<String, String> context = map(json, "context");
    Map<String, String> transport = map(json, "transport");
    return json.path("composite").asBoolean()
        ? new CompositeObservation(
            id,
            stored.registration(),
            paths,
            format(json, "asked"),
            format(json, "format"),
            context,
            transport)
        : new SingleObservation(
            id,
            stored.registration(),
            paths.getFirst(),
            format(json, "format"),
            context,
            transport);
  }

  private static void write(ObjectNode json, String name, @Nullable ContentFormat format) {
    if (format != null) {
      json.put(name, format.getCode());
    }
  }

  private static @Nullable ContentFormat format(JsonNode json, String name) {
    return json.has(name) ? ContentFormat.fromCode(json.get(name).asInt()) : null;
  }

  private static void write(ObjectNode json, String name, Map<String, String> map) {
    ObjectNode node = json.putObject(name);
    map.forEach(node::put);
  }

  private static Map<String, String> map(JsonNode json, String name) {
    Map<String, String> map = new HashMap<>();
    json.path(name).properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
    return map;
  }
}
