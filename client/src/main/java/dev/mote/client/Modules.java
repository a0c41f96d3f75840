package dev.mote.client;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Modules, and requests for them.
public final class Modules {

  private final Wire wire;

  Modules(Wire wire) {
    this.wire = wire;
  }

  /// Modules, the newest first.
  public Stream<Module> list(
      Optional<UUID> model, Optional<UUID> version, Optional<String> target) {
    Map<String, Object> query = new LinkedHashMap<>();
    model.ifPresent(id -> query.put("model", id));
    version.ifPresent(id -> query.put("version", id));
    target.ifPresent(name -> query.put("target", name));
    return Pages.of(wire, "/v1/modules", query, Module.class);
  }

  /// One module.
  public Module get(UUID id) {
    return wire.get("/v1/modules/" + id, Map.of()).as(Module.class);
  }

  /// Downloads the signed module.
  public void download(Module module, Path to) {
    Download.of(
        wire, "/v1/modules/" + module.id() + "/content", module.sha256(), module.bytes(), to);
  }

  /// What modules are wanted for.
  ///
  /// @param version of a model
  /// @param targets names of targets, each with all its memory
  /// @param devices a filter of devices
  /// @param options of the build
  public record Wanted(
      UUID version, List<String> targets, Optional<String> devices, Map<String, Object> options) {

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("version", version.toString());
      json.put("targets", targets);
      devices.ifPresent(filter -> json.put("devices", filter));
      json.put("options", options);
      return json;
    }
  }

  private record Plan(List<PlannedBuild> builds) {}

  /// Says which modules devices would get, and why, without building any.
  public List<PlannedBuild> plan(Wanted wanted) {
    return wire.send("POST", "/v1/compilations/plan", wanted.json()).as(Plan.class).builds();
  }

  /// Asks for modules.
  public Compilation request(Wanted wanted) {
    return wire.send("POST", "/v1/compilations", wanted.json()).as(Compilation.class);
  }

  /// One request for modules.
  public Compilation compilation(UUID id) {
    return wire.get("/v1/compilations/" + id, Map.of()).as(Compilation.class);
  }
}
