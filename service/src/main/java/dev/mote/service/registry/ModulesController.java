package dev.mote.service.registry;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Modules that were made of versions.
@RestController
class ModulesController {

  private final ModuleList modules;
  private final ModuleUses uses;
  private final Downloads downloads;
  private final Deletions deletions;

  ModulesController(ModuleList modules, ModuleUses uses, Downloads downloads, Deletions deletions) {
    this.modules = modules;
    this.uses = uses;
    this.downloads = downloads;
    this.deletions = deletions;
  }

  @Operation(summary = "List modules, newest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/modules")
  Page<ModuleList.Shown> listModules(
      Caller caller,
      PageRequest page,
      @RequestParam Optional<UUID> model,
      @RequestParam Optional<UUID> version,
      @RequestParam Optional<String> target) {
    return Page.of(
        modules.list(caller.tenant(), model, version, target, page), page, ModuleList.Shown::id);
  }

  @Operation(summary = "Show a module with its lineage and the report of its build")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/modules/{id}")
  ModuleList.Shown getModule(Caller caller, @PathVariable UUID id) {
    return modules.find(caller.tenant(), id);
  }

  @Operation(summary = "List what uses a module")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/modules/{id}/uses")
  List<Use> listModuleUses(Caller caller, @PathVariable UUID id) {
    modules.find(caller.tenant(), id);
    return uses.of(caller.tenant(), List.of(id), PageRequest.MOST);
  }

  @Operation(summary = "Delete a module, unless it is in use")
  @Requires(Role.DEVELOPER)
  @DeleteMapping("/v1/modules/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void deleteModule(Caller caller, @PathVariable UUID id) {
    deletions.module(caller, id);
  }

  @Operation(summary = "Download the signed module")
  @Requires(Role.VIEWER)
  @GetMapping(value = "/v1/modules/{id}/content", produces = "application/octet-stream")
  ResponseEntity<Resource> getModuleContent(
      Caller caller,
      @PathVariable UUID id,
      @RequestHeader(name = HttpHeaders.RANGE, required = false) Optional<String> range) {
    ModuleList.Shown module = modules.find(caller.tenant(), id);
    String name =
        "%s-%d-%s.mote"
            .formatted(module.modelName(), module.number(), module.target())
            .replaceAll("[^A-Za-z0-9._-]", "_");
    return downloads.file(module.sha256(), name, range.isPresent());
  }

  @Operation(summary = "Show the report of a module's build as a page")
  @Requires(Role.VIEWER)
  @GetMapping(value = "/v1/modules/{id}/page", produces = "text/html")
  ResponseEntity<Resource> getModulePage(
      Caller caller, @PathVariable UUID id, HttpServletResponse response) {
    return modules
        .page(caller.tenant(), id)
        .map(sha256 -> downloads.page(sha256, response))
        .orElseThrow(() -> Problem.notFound("page of module", id));
  }
}
