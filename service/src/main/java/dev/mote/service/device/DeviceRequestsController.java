package dev.mote.service.device;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// What people ask devices directly.
@RestController
class DeviceRequestsController {

  private static final long LONGEST_WAIT = 60;
  private static final long LONGEST_LIFE = 30L * 86_400;
  private static final Duration USUAL_LIFE = Duration.ofDays(1);

  private final UserRequests requests;

  DeviceRequestsController(UserRequests requests) {
    this.requests = requests;
  }

  @Operation(
      summary = "Read, write, execute, observe or discover on a device; it is sent when it listens")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/devices/{id}/requests")
  ResponseEntity<UserRequests.Shown> addDeviceRequest(
      Caller caller,
      @PathVariable UUID id,
      @RequestParam Optional<Long> wait,
      @RequestParam Optional<Long> expires,
      @RequestBody JsonNode request)
      throws InterruptedException {
    Duration life = UserRequests.seconds(expires, LONGEST_LIFE, "expires");
    Duration time = UserRequests.seconds(wait, LONGEST_WAIT, "wait");
    UUID added = requests.add(caller, id, request, life == null ? USUAL_LIFE : life);
    UserRequests.Shown shown =
        requests.await(caller.tenant(), id, added, time == null ? Duration.ZERO : time);
    return ResponseEntity.status(shown.ended().isPresent() ? HttpStatus.OK : HttpStatus.ACCEPTED)
        .body(shown);
  }

  @Operation(summary = "List what people asked a device, the latest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices/{id}/requests")
  Page<UserRequests.Shown> listDeviceRequests(
      Caller caller, @PathVariable UUID id, PageRequest page) {
    return Page.of(
        requests.list(caller.tenant(), id, page.beforeOrLast(), page.rows()),
        page,
        UserRequests.Shown::id);
  }

  @Operation(summary = "Show a request to a device, with its answer when there is one")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices/{id}/requests/{request}")
  UserRequests.Shown getDeviceRequest(
      Caller caller, @PathVariable UUID id, @PathVariable UUID request) {
    return requests.find(caller.tenant(), id, request);
  }
}
