package dev.mote.service.access;

import io.swagger.v3.oas.annotations.Operation;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// The description of the REST interface, as it was committed with the sources.
@RestController
final class DescriptionController {

  @Operation(summary = "The description of this interface")
  @Requires(Role.VIEWER)
  @GetMapping(path = "/v1/openapi.yaml", produces = "application/yaml")
  ResponseEntity<Resource> getDescription() {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_YAML)
        .body(new ClassPathResource("openapi.yaml"));
  }
}
