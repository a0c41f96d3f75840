package dev.mote.service.rollout;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.rollout.machine.Action;
import dev.mote.service.rollout.machine.DeviceState;
import io.swagger.v3.oas.annotations.Operation;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Rollouts.
@RestController
class RolloutsController {

  private final Rollouts rollouts;

  RolloutsController(Rollouts rollouts) {
    this.rollouts = rollouts;
  }

  @Operation(summary = "List rollouts, newest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/rollouts")
  Page<RolloutView> listRollouts(Caller caller, PageRequest page) {
    return rollouts.list(caller.tenant(), page);
  }

  @Operation(summary = "Make a rollout; nothing happens before it is started")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/rollouts")
  @ResponseStatus(HttpStatus.CREATED)
  RolloutView createRollout(Caller caller, @RequestBody RolloutRequest wanted) {
    return rollouts.create(caller, wanted);
  }

  @Operation(summary = "Say which devices would get which module, and whether it fits")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/rollouts/dry-run")
  DryRun dryRunRollout(Caller caller, @RequestBody RolloutRequest wanted) {
    return rollouts.dryRun(caller, wanted);
  }

  @Operation(summary = "Show a rollout: where it is, what it waits for, how many devices are where")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/rollouts/{id}")
  RolloutView showRollout(Caller caller, @PathVariable UUID id) {
    return rollouts.show(caller.tenant(), id);
  }

  @Operation(summary = "List the devices of a rollout, each with its state and why")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/rollouts/{id}/devices")
  Page<MemberRows.Shown> listRolloutDevices(
      Caller caller,
      @PathVariable UUID id,
      PageRequest page,
      @RequestParam Optional<DeviceState> state) {
    return rollouts.devices(caller.tenant(), id, state, page);
  }

  @Operation(summary = "List what was decided about a rollout, in words")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/rollouts/{id}/history")
  Page<RolloutRows.Note> listRolloutHistory(
      Caller caller, @PathVariable UUID id, PageRequest page) {
    return rollouts.history(caller.tenant(), id, page);
  }

  @Operation(summary = "Approve a rollout of another person")
  @Requires(Role.APPROVER)
  @PostMapping("/v1/rollouts/{id}/approve")
  RolloutView approveRollout(Caller caller, @PathVariable UUID id) {
    return rollouts.act(caller, id, Action.APPROVE);
  }

  @Operation(summary = "Start a rollout, now or at its time")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/rollouts/{id}/start")
  RolloutView startRollout(Caller caller, @PathVariable UUID id) {
    return rollouts.act(caller, id, Action.START);
  }

  @Operation(summary = "Pause a rollout; updates that run go on")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/rollouts/{id}/pause")
  RolloutView pauseRollout(Caller caller, @PathVariable UUID id) {
    return rollouts.act(caller, id, Action.PAUSE);
  }

  @Operation(summary = "Resume a rollout, and accept what has failed so far")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/rollouts/{id}/resume")
  RolloutView resumeRollout(Caller caller, @PathVariable UUID id) {
    return rollouts.act(caller, id, Action.RESUME);
  }

  @Operation(summary = "End a rollout; what is installed stays")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/rollouts/{id}/abort")
  RolloutView abortRollout(Caller caller, @PathVariable UUID id) {
    return rollouts.act(caller, id, Action.ABORT);
  }

  @Operation(summary = "End a rollout, and bring devices back to what they ran before")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/rollouts/{id}/rollback")
  RolloutView rollBackRollout(Caller caller, @PathVariable UUID id) {
    return rollouts.act(caller, id, Action.ROLL_BACK);
  }
}
