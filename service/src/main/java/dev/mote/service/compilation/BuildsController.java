package dev.mote.service.compilation;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.util.Map;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Single builds, as a lineage links to them: a rollout asks for builds without a compilation.
@RestController
class BuildsController {

  private final BuildRows rows;

  BuildsController(BuildRows rows) {
    this.rows = rows;
  }

  /// @param facts of the devices that it is for
  record OneBuild(
      UUID version, Map<String, Object> facts, Map<String, Object> options, BuildResult build) {}

  @Operation(summary = "Show a build: its state, its choice explained, its module or its failure")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/builds/{id}")
  OneBuild showBuild(Caller caller, @PathVariable UUID id) {
    BuildRows.Row row =
        rows.find(caller.tenant(), id).orElseThrow(() -> Problem.notFound("build", id));
    return new OneBuild(row.version(), row.facts().json(), row.options().json(), row.result());
  }
}
