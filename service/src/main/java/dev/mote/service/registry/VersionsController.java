package dev.mote.service.registry;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Versions of models.
@RestController
class VersionsController {

  private final Models models;
  private final Versions versions;
  private final Uploads uploads;
  private final Downloads downloads;
  private final Lineages lineages;
  private final Deletions deletions;

  VersionsController(
      Models models,
      Versions versions,
      Uploads uploads,
      Downloads downloads,
      Lineages lineages,
      Deletions deletions) {
    this.models = models;
    this.versions = versions;
    this.uploads = uploads;
    this.downloads = downloads;
    this.lineages = lineages;
    this.deletions = deletions;
  }

  /// What is given changes; the file and what was found in it never do.
  ///
  /// @param labels take the place of all former ones
  /// @param card Markdown
  record VersionChange(
      Optional<String> description, Optional<Map<String, String>> labels, Optional<String> card) {}

  @Operation(summary = "List the versions of a model, newest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/models/{model}/versions")
  Page<Versions.Version> listVersions(Caller caller, @PathVariable String model, PageRequest page) {
    UUID id = models.find(caller.tenant(), model).id();
    return Page.of(versions.list(caller.tenant(), id, page), page, Versions.Version::id);
  }

  @Operation(
      summary = "Upload a model file as the next version",
      description =
          "The file is checked first; one that cannot be compiled is refused with all that is wrong. A"
              + " file that the model has already is answered with that version and 200.",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = "application/octet-stream",
                      schema = @Schema(type = "string", format = "binary"))))
  @Requires(Role.DEVELOPER)
  @PostMapping("/v1/models/{model}/versions")
  ResponseEntity<Versions.Version> addVersion(
      Caller caller,
      @PathVariable String model,
      @RequestParam Optional<String> fileName,
      @RequestParam Optional<String> description,
      InputStream body) {
    Uploads.Uploaded uploaded =
        uploads.upload(caller, model, fileName, description.orElse(""), body);
    URI place = URI.create("/v1/versions/" + uploaded.version().id());
    return ResponseEntity.status(uploaded.added() ? HttpStatus.CREATED : HttpStatus.OK)
        .location(place)
        .body(uploaded.version());
  }

  @Operation(summary = "Show a version with what was found in its file")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/versions/{id}")
  Versions.Version getVersion(Caller caller, @PathVariable UUID id) {
    return versions.find(caller.tenant(), id);
  }

  @Operation(summary = "Change the description, labels or card of a version")
  @Requires(Role.DEVELOPER)
  @PatchMapping("/v1/versions/{id}")
  Versions.Version changeVersion(
      Caller caller,
      @PathVariable UUID id,
      @org.springframework.web.bind.annotation.RequestBody VersionChange body) {
    return versions.change(caller, id, body.description(), body.labels(), body.card());
  }

  @Operation(summary = "Delete a version, unless it is in use")
  @Requires(Role.DEVELOPER)
  @DeleteMapping("/v1/versions/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void deleteVersion(Caller caller, @PathVariable UUID id) {
    deletions.version(caller, id);
  }

  @Operation(summary = "Download the file of a version")
  @Requires(Role.VIEWER)
  @GetMapping(value = "/v1/versions/{id}/content", produces = "application/octet-stream")
  ResponseEntity<Resource> getVersionContent(
      Caller caller,
      @PathVariable UUID id,
      @RequestHeader(name = HttpHeaders.RANGE, required = false) Optional<String> range) {
    Versions.Version version = versions.find(caller.tenant(), id);
    return downloads.file(version.sha256(), version.fileName(), range.isPresent());
  }

  @Operation(summary = "Show what came from a version, as a graph")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/versions/{id}/lineage")
  Lineages.Lineage getVersionLineage(Caller caller, @PathVariable UUID id) {
    Versions.Version version = versions.find(caller.tenant(), id);
    Models.Model model = models.find(caller.tenant(), version.model().toString());
    return lineages.of(caller.tenant(), model, Optional.of(id));
  }
}
