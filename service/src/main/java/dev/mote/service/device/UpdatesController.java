package dev.mote.service.device;

import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.DeviceReport;
import dev.mote.orchestration.update.Explanation;
import dev.mote.orchestration.update.Patience;
import dev.mote.orchestration.update.UpdateProgress;
import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Updates of single devices; many at once are a rollout's.
@RestController
class UpdatesController {

  private final Devices devices;
  private final SqlUpdates updates;
  private final UpdateExecutor executor;
  private final Audit audit;
  private final Clock clock;

  UpdatesController(
      Devices devices, SqlUpdates updates, UpdateExecutor executor, Audit audit, Clock clock) {
    this.devices = devices;
    this.updates = updates;
    this.executor = executor;
    this.audit = audit;
    this.clock = clock;
  }

  /// @param module what to install; or `firmware`
  /// @param delivery `PUSH` or `PULL`; the device decides unless given
  /// @param attempts how often it is tried; 4 unless given
  record NewUpdate(
      @Nullable UUID device,
      @Nullable UUID module,
      @Nullable UUID firmware,
      @Nullable Delivery delivery,
      @Nullable Integer attempts) {
    NewUpdate {
      if (device == null) {
        throw Problem.invalid("device", "is missing");
      }
      if ((module == null) == (firmware == null)) {
        throw Problem.invalid("module", "must be given, or firmware, and not both");
      }
      if (attempts != null && (attempts < 1 || attempts > 20)) {
        throw Problem.invalid("attempts", "must be 1 to 20");
      }
    }

    Patience patience() {
      Patience usual = Patience.STANDARD;
      return attempts == null
          ? usual
          : new Patience(
              usual.progress(), usual.installation(), usual.silence(), attempts, usual.pause());
    }
  }

  /// An update with its explanation.
  record Detail(
      Update update,
      List<String> words,
      Optional<DeviceReport> report,
      Optional<String> lastCode,
      List<UpdateProgress.Entry> history) {}

  @Operation(summary = "Bring a module or a firmware onto a device")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/updates")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Transactional
  public Update addUpdate(Caller caller, @RequestBody NewUpdate update) {
    UUID device = Required.value(update.device());
    UUID id =
        executor.begin(
            caller.tenant(),
            device,
            update.module(),
            update.firmware(),
            Optional.ofNullable(update.delivery()),
            update.patience(),
            "user:" + caller.name());
    audit.record(
        caller,
        "update.create",
        "update/" + id,
        Map.of(
            "device",
            device,
            "what",
            String.valueOf(update.module() == null ? update.firmware() : update.module())));
    return find(caller, id);
  }

  private Update find(Caller caller, UUID id) {
    return updates.find(caller.tenant(), id).orElseThrow(() -> Problem.notFound("update", id));
  }

  @Operation(summary = "Show an update, and why it is where it is")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/updates/{id}")
  Detail getUpdate(Caller caller, @PathVariable UUID id) {
    Update update = find(caller, id);
    UpdateProgress progress = updates.progress(caller.tenant(), id).orElseThrow();
    return new Detail(
        update,
        Explanation.of(progress, clock.instant()),
        progress.report(),
        progress.lastCode().map(RequestText::code),
        progress.history());
  }

  @Operation(summary = "Cancel an update; nothing happens when it is over")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/updates/{id}/cancel")
  @Transactional
  public Update cancelUpdate(Caller caller, @PathVariable UUID id) {
    find(caller, id);
    if (executor.cancel(caller.tenant(), id, "by " + caller.name())) {
      audit.record(caller, "update.cancel", "update/" + id, Map.of());
    }
    return find(caller, id);
  }

  @Operation(summary = "List the updates of a device, the latest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices/{id}/updates")
  Page<Update> listDeviceUpdates(Caller caller, @PathVariable UUID id, PageRequest page) {
    if (devices.find(caller.tenant(), id).isEmpty()) {
      throw Problem.notFound("device", id);
    }
    return Page.of(updates.of(caller.tenant(), id, page.after(), page.rows()), page, Update::id);
  }
}
