package dev.mote.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Models and their versions. A model goes by its id or its name.
public final class Models {

  private final Wire wire;

  Models(Wire wire) {
    this.wire = wire;
  }

  /// Models, the newest first.
  ///
  /// @param tag empty for all
  public Stream<Model> list(Optional<String> tag) {
    return Pages.of(wire, "/v1/models", Map.of("tag", tag.orElse("")), Model.class);
  }

  /// Adds a model, which has no versions yet.
  public Model add(String name, String description, List<String> tags) {
    return wire.send(
            "POST", "/v1/models", Map.of("name", name, "description", description, "tags", tags))
        .as(Model.class);
  }

  /// One model.
  public Model get(String model) {
    return wire.get(path(model), Map.of()).as(Model.class);
  }

  /// Deletes a model with its versions.
  public void delete(String model) {
    wire.act("DELETE", path(model));
  }

  /// Versions of a model, the newest first.
  public Stream<ModelVersion> versions(String model) {
    return Pages.of(wire, path(model) + "/versions", Map.of(), ModelVersion.class);
  }

  /// One version.
  public ModelVersion version(UUID id) {
    return wire.get("/v1/versions/" + id, Map.of()).as(ModelVersion.class);
  }

  /// Deletes a version.
  public void deleteVersion(UUID id) {
    wire.act("DELETE", "/v1/versions/" + id);
  }

  /// Uploads a file as the next version; it is read piece by piece.
  ///
  /// @return the version, which is an older one if the model has this file already
  public Added<ModelVersion> upload(String model, Path file, String description) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw ServiceProblem.local(
          ClientCodes.LOCAL_FILE, file + " is no file that can be read", "check its name.", null);
    }
    Map<String, Object> query = new LinkedHashMap<>();
    query.put("fileName", String.valueOf(file.getFileName()));
    query.put("description", description);
    Answer answer =
        wire.ask(
            new Wire.Call(
                "POST",
                wire.address().of(path(model) + "/versions", query),
                new Body.Contents(file, "application/octet-stream"),
                true));
    return new Added<>(answer.as(ModelVersion.class), answer.status() == 201);
  }

  /// Downloads the file of a version.
  public void download(ModelVersion version, Path to) {
    Download.of(
        wire, "/v1/versions/" + version.id() + "/content", version.sha256(), version.bytes(), to);
  }

  /// Aliases of a model.
  public List<Alias> aliases(String model) {
    return wire.get(path(model) + "/aliases", Map.of()).list(Alias.class);
  }

  /// One alias.
  public Alias alias(String model, String alias) {
    return wire.get(aliasPath(model, alias), Map.of()).as(Alias.class);
  }

  /// Points an alias at a version, and makes it if there is none.
  ///
  /// @param expected number of the version that it points at now; refused if it is another
  public Alias moveAlias(String model, String alias, UUID version, Optional<Integer> expected) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("version", version.toString());
    expected.ifPresent(number -> body.put("expected", number));
    return wire.send("PUT", aliasPath(model, alias), body).as(Alias.class);
  }

  /// Removes an alias.
  public void removeAlias(String model, String alias) {
    wire.act("DELETE", aliasPath(model, alias));
  }

  /// What came from a model.
  public Lineage lineage(String model) {
    return wire.get(path(model) + "/lineage", Map.of()).as(Lineage.class);
  }

  /// What came from a version.
  public Lineage lineage(UUID version) {
    return wire.get("/v1/versions/" + version + "/lineage", Map.of()).as(Lineage.class);
  }

  private static String path(String model) {
    return "/v1/models/" + Address.segment(model);
  }

  private static String aliasPath(String model, String alias) {
    return path(model) + "/aliases/" + Address.segment(alias);
  }
}
