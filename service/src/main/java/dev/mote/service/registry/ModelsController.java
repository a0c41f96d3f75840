package dev.mote.service.registry;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Models and their aliases. A model is addressed by its id or its name.
@RestController
class ModelsController {

  private final Models models;
  private final Aliases aliases;
  private final Lineages lineages;
  private final Deletions deletions;
  private final Search search;

  ModelsController(
      Models models, Aliases aliases, Lineages lineages, Deletions deletions, Search search) {
    this.models = models;
    this.aliases = aliases;
    this.lineages = lineages;
    this.deletions = deletions;
    this.search = search;
  }

  /// @param name unique within the tenant
  record NewModel(String name, Optional<String> description, Optional<List<String>> tags) {
    NewModel {
      if (name == null) {
        throw new IllegalArgumentException("needs a name");
      }
    }
  }

  /// What is given changes.
  record ModelChange(
      Optional<String> name, Optional<String> description, Optional<List<String>> tags) {}

  /// @param version that it shall point at
  /// @param expected number of the version that it points at now, if that matters
  record AliasMove(UUID version, Optional<Integer> expected) {
    AliasMove {
      if (version == null) {
        throw new IllegalArgumentException("needs the id of a version");
      }
    }
  }

  @Operation(summary = "List models, newest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/models")
  Page<Models.Model> listModels(
      Caller caller,
      PageRequest page,
      @RequestParam Optional<String> tag,
      @RequestParam Optional<String> name) {
    return Page.of(models.list(caller.tenant(), tag, name, page), page, Models.Model::id);
  }

  @Operation(summary = "Add a model, which has no versions yet")
  @Requires(Role.DEVELOPER)
  @PostMapping("/v1/models")
  ResponseEntity<Models.Model> addModel(Caller caller, @RequestBody NewModel body) {
    Models.Model model =
        models.add(
            caller, body.name(), body.description().orElse(""), body.tags().orElse(List.of()));
    return ResponseEntity.created(URI.create("/v1/models/" + model.id())).body(model);
  }

  @Operation(summary = "Show a model")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/models/{model}")
  Models.Model getModel(Caller caller, @PathVariable String model) {
    return models.find(caller.tenant(), model);
  }

  @Operation(summary = "Change the name, description or tags of a model")
  @Requires(Role.DEVELOPER)
  @PatchMapping("/v1/models/{model}")
  Models.Model changeModel(
      Caller caller, @PathVariable String model, @RequestBody ModelChange body) {
    return models.change(caller, model, body.name(), body.description(), body.tags());
  }

  @Operation(summary = "Delete a model with its versions, unless one is in use")
  @Requires(Role.DEVELOPER)
  @DeleteMapping("/v1/models/{model}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void deleteModel(Caller caller, @PathVariable String model) {
    deletions.model(caller, model);
  }

  @Operation(summary = "Show what came from a model, as a graph")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/models/{model}/lineage")
  Lineages.Lineage getModelLineage(Caller caller, @PathVariable String model) {
    Models.Model found = models.find(caller.tenant(), model);
    return lineages.of(caller.tenant(), found, Optional.empty());
  }

  @Operation(summary = "List the aliases of a model")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/models/{model}/aliases")
  List<Aliases.Alias> listAliases(Caller caller, @PathVariable String model) {
    return aliases.list(caller.tenant(), models.find(caller.tenant(), model).id());
  }

  @Operation(summary = "Show what an alias points at")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/models/{model}/aliases/{alias}")
  Aliases.Alias getAlias(Caller caller, @PathVariable String model, @PathVariable String alias) {
    return aliases
        .find(caller.tenant(), models.find(caller.tenant(), model).id(), alias)
        .orElseThrow(() -> Problem.notFound("alias", alias));
  }

  @Operation(summary = "Point an alias at a version, and make it if there is none")
  @Requires(Role.DEVELOPER)
  @PutMapping("/v1/models/{model}/aliases/{alias}")
  Aliases.Alias moveAlias(
      Caller caller,
      @PathVariable String model,
      @PathVariable String alias,
      @RequestBody AliasMove body) {
    return aliases.move(caller, model, alias, body.version(), body.expected());
  }

  @Operation(summary = "Remove an alias")
  @Requires(Role.DEVELOPER)
  @DeleteMapping("/v1/models/{model}/aliases/{alias}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void removeAlias(Caller caller, @PathVariable String model, @PathVariable String alias) {
    aliases.remove(caller, model, alias);
  }

  @Operation(summary = "List where the aliases of a model have been, newest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/models/{model}/alias-moves")
  Page<Aliases.Move> listAliasMoves(Caller caller, @PathVariable String model, PageRequest page) {
    UUID id = models.find(caller.tenant(), model).id();
    return Page.of(aliases.moves(caller.tenant(), id, page), page, Aliases.Move::id);
  }

  @Operation(summary = "Find models, versions and modules, best first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/search")
  List<Search.Hit> search(
      Caller caller, @RequestParam String q, @RequestParam(defaultValue = "20") int limit) {
    if (q.isBlank() || q.length() > 200 || q.indexOf('\0') >= 0) {
      throw Problem.invalid("q", "must be 1 to 200 characters");
    }
    if (limit < 1 || limit > 100) {
      throw Problem.invalid("limit", "must be 1 to 100");
    }
    return search.find(caller.tenant(), q, limit);
  }
}
