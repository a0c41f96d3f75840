package dev.mote.service.device;

import dev.mote.service.http.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Devices as lines of a file.
final class NewDevices {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private static final List<String> COLUMNS =
      List.of(
          "endpoint", "name", "kind", "identity", "key", "publicKey", "bootstrap", "recipientKey");

  private NewDevices() {}

  /// A device as the body of `POST /v1/devices`.
  static NewDevice json(String line) {
    try {
      return checked(JSON.readValue(line, NewDevice.class));
    } catch (tools.jackson.databind.DatabindException e) {
      if (e.getCause() instanceof Problem problem) {
        throw problem;
      }
      throw e;
    }
  }

  /// A device as a row below `columns`; columns `tag.NAME` are tags.
  static NewDevice csv(List<String> columns, List<String> values) {
    if (values.size() > columns.size()) {
      throw new IllegalArgumentException(
          "%d values, but %d columns".formatted(values.size(), columns.size()));
    }
    Map<String, String> row = new HashMap<>();
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      String column = columns.get(i);
      if (values.get(i).isEmpty()) {
        continue;
      }
      if (column.startsWith("tag.")) {
        tags.put(column.substring("tag.".length()), values.get(i));
      } else if (COLUMNS.contains(column)) {
        row.put(column, values.get(i));
      } else {
        throw new IllegalArgumentException(
            "unknown column '%s'; there are %s and tag.NAME".formatted(column, COLUMNS));
      }
    }
    CredentialSpec credential =
        new CredentialSpec(
            row.get("kind"),
            row.get("identity"),
            row.get("key"),
            row.get("publicKey"),
            row.containsKey("bootstrap") ? Boolean.valueOf(row.get("bootstrap")) : null);
    return checked(
        new NewDevice(
            row.get("endpoint"), row.get("name"), tags, credential, row.get("recipientKey")));
  }

  /// Looks at keys here, so that a wrong one is told of its line.
  private static NewDevice checked(NewDevice device) {
    device.credentialOrPsk().complete(device.endpoint());
    device.recipient();
    return device;
  }
}
