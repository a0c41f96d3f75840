package dev.mote.service.device;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.mote.orchestration.object.Capabilities;
import dev.mote.orchestration.update.UpdateCommand;
import dev.mote.orchestration.update.UpdateProgress;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What is stored of devices as JSON.
final class DeviceJson {

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = UpdateCommand.Ask.class, name = "ask"),
    @JsonSubTypes.Type(value = UpdateCommand.Clear.class, name = "clear"),
    @JsonSubTypes.Type(value = UpdateCommand.Push.class, name = "push"),
    @JsonSubTypes.Type(value = UpdateCommand.WriteUri.class, name = "uri"),
    @JsonSubTypes.Type(value = UpdateCommand.Install.class, name = "install"),
    @JsonSubTypes.Type(value = UpdateCommand.Activate.class, name = "activate")
  })
  private interface NamedCommand {}

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addMixIn(UpdateCommand.class, NamedCommand.class)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private DeviceJson() {}

  static String write(Object value) {
    return JSON.writeValueAsString(value);
  }

  static UpdateProgress progress(String json) {
    return JSON.readValue(json, UpdateProgress.class);
  }

  static UpdateCommand command(String json) {
    return JSON.readValue(json, UpdateCommand.class);
  }

  static String command(UpdateCommand command) {
    return JSON.writerFor(UpdateCommand.class).writeValueAsString(command);
  }

  static Capabilities capabilities(String json) {
    return JSON.readValue(json, Capabilities.class);
  }

  static List<String> list(String json) {
    return JSON.readValue(json, new TypeReference<>() {});
  }

  static Map<String, Object> map(String json) {
    return JSON.readValue(json, new TypeReference<>() {});
  }

  static Map<String, String> texts(String json) {
    return JSON.readValue(json, new TypeReference<>() {});
  }
}
