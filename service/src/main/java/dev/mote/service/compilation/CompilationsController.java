package dev.mote.service.compilation;

import dev.mote.builder.BuildOptions;
import dev.mote.builder.DeviceFacts;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import dev.mote.service.job.Jobs;
import io.swagger.v3.oas.annotations.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Requests for modules.
@RestController
class CompilationsController {

  private static final List<String> FACTS =
      List.of(
          "target",
          "architecture",
          "extensions",
          "core",
          "ramBytes",
          "flashBytes",
          "runtimeAbi",
          "payloadKinds",
          "accelerators",
          "features");

  private final Compilation compilation;
  private final CompilationRequests requests;
  private final ObjectProvider<FactsSource> devices;
  private final Jobs jobs;
  private final Audit audit;

  CompilationsController(
      Compilation compilation,
      CompilationRequests requests,
      ObjectProvider<FactsSource> devices,
      Jobs jobs,
      Audit audit) {
    this.compilation = compilation;
    this.requests = requests;
    this.devices = devices;
    this.jobs = jobs;
    this.audit = audit;
  }

  /// What is asked for: devices by any of three ways, together.
  ///
  /// @param version of a model
  /// @param targets names of targets, each with all its memory
  /// @param facts what devices say of themselves
  /// @param devices a filter of devices
  /// @param options how modules are built
  record NewCompilation(
      UUID version,
      Optional<List<String>> targets,
      Optional<List<Map<String, Object>>> facts,
      Optional<String> devices,
      Optional<Map<String, Object>> options) {
    NewCompilation {
      if (version == null) {
        throw new IllegalArgumentException("needs the id of a version");
      }
    }
  }

  @Operation(summary = "Ask for the modules that devices need")
  @Requires(Role.DEVELOPER)
  @PostMapping("/v1/compilations")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Transactional
  CompilationRequests.Requested requestCompilation(
      Caller caller, @RequestBody NewCompilation wanted) {
    Map<DeviceFacts, Integer> facts = facts(caller, wanted);
    BuildOptions options = options(wanted);
    Map<UUID, Integer> counts = new LinkedHashMap<>();
    compilation
        .request(caller, wanted.version(), facts.keySet(), options)
        .forEach((one, build) -> counts.merge(build, facts.getOrDefault(one, 0), Integer::sum));
    UUID id = requests.add(caller, wanted.version(), options.json(), counts);
    audit.record(
        caller,
        "compilation.request",
        "compilation/" + id,
        Map.of("version", wanted.version(), "builds", counts.size()));
    return requests.find(caller.tenant(), id).orElseThrow();
  }

  @Operation(summary = "Say which modules devices would get, and why, without building any")
  @Requires(Role.DEVELOPER)
  @PostMapping("/v1/compilations/plan")
  Plan planCompilation(Caller caller, @RequestBody NewCompilation wanted) {
    return compilation.plan(
        caller.tenant(), wanted.version(), facts(caller, wanted), options(wanted));
  }

  @Operation(summary = "List requests for modules, newest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/compilations")
  Page<CompilationRequests.Requested> listCompilations(
      Caller caller, PageRequest page, @RequestParam Optional<UUID> version) {
    return requests.list(caller.tenant(), version, page);
  }

  @Operation(summary = "Show a request for modules with its builds")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/compilations/{id}")
  CompilationRequests.Requested showCompilation(Caller caller, @PathVariable UUID id) {
    return requests
        .find(caller.tenant(), id)
        .orElseThrow(() -> Problem.notFound("compilation", id));
  }

  @Operation(summary = "Cancel the builds of a request that have not ended")
  @Requires(Role.DEVELOPER)
  @PostMapping("/v1/compilations/{id}/cancel")
  CompilationRequests.Requested cancelCompilation(Caller caller, @PathVariable UUID id) {
    CompilationRequests.Requested found = showCompilation(caller, id);
    found.builds().stream()
        .filter(part -> !part.build().state().isEnded())
        .flatMap(part -> part.build().job().stream())
        .forEach(job -> jobs.cancel(caller.tenant(), job));
    audit.record(caller, "compilation.cancel", "compilation/" + id, Map.of());
    return showCompilation(caller, id);
  }

  private Map<DeviceFacts, Integer> facts(Caller caller, NewCompilation wanted) {
    Map<DeviceFacts, Integer> all = new LinkedHashMap<>();
    for (String target : wanted.targets().orElse(List.of())) {
      try {
        all.merge(DeviceFacts.of(target), 0, Integer::sum);
      } catch (DiagnosticException e) {
        Diagnostic first = e.diagnostics().getFirst();
        throw Problem.invalid(
            "targets", "%s: %s. %s".formatted(first.where(), first.what(), first.fix()));
      }
    }
    List<Map<String, Object>> given = wanted.facts().orElse(List.of());
    for (int i = 0; i < given.size(); i++) {
      all.merge(facts("facts[" + i + "]", given.get(i)), 0, Integer::sum);
    }
    if (wanted.devices().isPresent()) {
      FactsSource source = devices.getIfAvailable();
      if (source == null) {
        throw Problem.invalid("devices", "this service knows no devices");
      }
      source
          .matching(caller.tenant(), wanted.devices().get())
          .forEach((one, count) -> all.merge(one, count, Integer::sum));
    }
    return all;
  }

  /// Facts whose names and types are right: one that was passed over would be a module for another
  /// device.
  private static DeviceFacts facts(String where, Map<String, Object> given) {
    DeviceFacts facts = DeviceFacts.parse(given);
    Map<String, Object> understood = facts.json();
    for (Map.Entry<String, Object> one : given.entrySet()) {
      Object read = understood.get(one.getKey());
      boolean list = read instanceof List<?>;
      if (!FACTS.contains(one.getKey())) {
        throw Problem.invalid(
            where + "." + one.getKey(), "is no fact; there are " + String.join(", ", FACTS));
      }
      if (read == null || list != one.getValue() instanceof List<?>) {
        throw Problem.invalid(where + "." + one.getKey(), "is of another type than this fact");
      }
    }
    return facts;
  }

  private static BuildOptions options(NewCompilation wanted) {
    try {
      return BuildOptions.parse(wanted.options().orElse(Map.of()));
    } catch (IllegalArgumentException e) {
      throw CompilationCodes.OPTIONS.problem(
          String.valueOf(e.getMessage()), "see the reference of build options.");
    }
  }
}
