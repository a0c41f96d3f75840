package dev.mote.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Devices, and updates of single ones.
public final class Devices {

  private final Wire wire;

  Devices(Wire wire) {
    this.wire = wire;
  }

  /// Devices that match a filter.
  ///
  /// @param filter such as `tags.site==berlin;state==ONLINE`; all if empty
  public Stream<Device> list(String filter) {
    return Pages.of(wire, "/v1/devices", Map.of("filter", filter), Device.class);
  }

  private record Count(long count) {}

  /// How many devices match a filter.
  public long count(String filter) {
    return wire.get("/v1/device-count", Map.of("filter", filter)).as(Count.class).count();
  }

  private record Credential(String kind, Optional<String> identity, Optional<String> key) {
    @Override
    public String toString() {
      return "Credential[" + kind + "]";
    }
  }

  private record Entered(String endpoint, Optional<UUID> id, Optional<Credential> credential) {}

  /// Enters a device.
  public EnteredDevice add(NewDevice device) {
    Entered entered = wire.send("POST", "/v1/devices", device.json()).as(Entered.class);
    Optional<Credential> credential = entered.credential();
    return new EnteredDevice(
        0,
        entered.endpoint(),
        entered.id(),
        credential.map(Credential::kind),
        credential.flatMap(Credential::identity),
        credential.flatMap(Credential::key),
        Optional.empty());
  }

  /// Enters the devices of a file: CSV with a line of heads if its name ends so, else a JSON object
  /// to the line.
  ///
  /// @return one for each line; those that were refused say why
  public List<EnteredDevice> importFile(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw ServiceProblem.local(
          ClientCodes.LOCAL_FILE, file + " is no file that can be read", "check its name.", null);
    }
    String type =
        file.toString().toLowerCase(java.util.Locale.ROOT).endsWith(".csv")
            ? "text/csv"
            : "application/x-ndjson";
    Answer answer =
        wire.ask(
            new Wire.Call(
                "POST",
                wire.address().of("/v1/device-imports", Map.of()),
                new Body.Contents(file, type),
                true));
    List<Map<String, Object>> lines = answer.lines();
    if (lines.isEmpty() || !lines.getLast().containsKey("entered")) {
      throw Answer.bad(wire.address().service(), "it ends before its last line");
    }
    return lines.subList(0, lines.size() - 1).stream().map(this::entered).toList();
  }

  private EnteredDevice entered(Map<String, Object> line) {
    try {
      return Json.read(EnteredDevice.class, line);
    } catch (Json.Unexpected e) {
      throw Answer.bad(wire.address().service(), String.valueOf(e.getMessage()));
    }
  }

  /// A device with all that it said of itself.
  public DeviceDetail get(UUID id) {
    return wire.get(path(id), Map.of()).as(DeviceDetail.class);
  }

  /// Why a device is where it is.
  public Explanation explain(UUID id) {
    return wire.get(path(id) + "/explanation", Map.of()).as(Explanation.class);
  }

  /// Changes tags; one whose value is empty goes away, others stay.
  public Device tag(UUID id, Map<String, Optional<String>> tags) {
    Map<String, Object> values = new HashMap<>();
    tags.forEach((name, value) -> values.put(name, value.orElse(null)));
    return wire.send("PATCH", path(id), Map.of("tags", values)).as(Device.class);
  }

  /// Removes a device.
  public void delete(UUID id) {
    wire.act("DELETE", path(id));
  }

  /// Asks a device for the values below a path, such as `/3/0/9`.
  ///
  /// @param wait how long to wait for the answer, a minute at most; it comes later if it is not
  ///     there by then
  public DeviceRequest read(UUID id, String resource, Duration wait) {
    return ask(id, Map.of("kind", "read", "path", resource), wait);
  }

  /// Writes a value.
  ///
  /// @param value a text, a number or a flag
  public DeviceRequest write(UUID id, String resource, Object value, Duration wait) {
    return ask(id, Map.of("kind", "write", "path", resource, "value", value), wait);
  }

  private DeviceRequest ask(UUID id, Map<String, Object> request, Duration wait) {
    Map<String, Object> query = new LinkedHashMap<>();
    query.put("wait", wait.toSeconds());
    return wire.ask(
            new Wire.Call(
                "POST",
                wire.address().of(path(id) + "/requests", query),
                new Body.Document(request),
                true))
        .as(DeviceRequest.class);
  }

  /// Updates of a device, the latest first.
  public Stream<DeviceUpdate> updates(UUID id) {
    return Pages.of(wire, path(id) + "/updates", Map.of(), DeviceUpdate.class);
  }

  /// Brings a module onto a device.
  public DeviceUpdate update(UUID device, UUID module) {
    return wire.send(
            "POST", "/v1/updates", Map.of("device", device.toString(), "module", module.toString()))
        .as(DeviceUpdate.class);
  }

  private static String path(UUID id) {
    return "/v1/devices/" + id;
  }
}
