package dev.mote.service.device;

import dev.mote.orchestration.object.Capabilities;
import dev.mote.orchestration.object.InstalledModule;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import dev.mote.service.registry.ModelVersion;
import dev.mote.service.registry.Module;
import dev.mote.service.registry.Registry;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Devices: enter, find, change, remove, and what is known of them.
@RestController
class DevicesController {

  private static final String OBJECT_513 =
      "What is installed, in the words of OMA's object 513 (AI Model Configuration). Resources go by"
          + " their names, as their final ids could not be checked.";

  private final Devices devices;
  private final Provisioning provisioning;
  private final DeviceHistory history;
  private final DeviceExplainer explainer;
  private final CapabilityReader capabilities;
  private final UpdateExecutor updates;
  private final SqlUpdates running;
  private final DeviceDetails details;
  private final Lwm2mServer server;
  private final Registry registry;
  private final RunningModules modules;
  private final ObjectProvider<DeviceCondition.Language> language;

  DevicesController(
      Devices devices,
      Provisioning provisioning,
      DeviceHistory history,
      DeviceExplainer explainer,
      CapabilityReader capabilities,
      UpdateExecutor updates,
      SqlUpdates running,
      DeviceDetails details,
      Lwm2mServer server,
      Registry registry,
      RunningModules modules,
      ObjectProvider<DeviceCondition.Language> language) {
    this.devices = devices;
    this.provisioning = provisioning;
    this.history = history;
    this.explainer = explainer;
    this.capabilities = capabilities;
    this.updates = updates;
    this.running = running;
    this.details = details;
    this.server = server;
    this.registry = registry;
    this.modules = modules;
    this.language = language;
  }

  /// A device in a list.
  ///
  /// @param moduleVersion what the device calls the version of its module
  /// @param module id of the module here, if it is one of the tenant's
  /// @param modelVersion number of the version of the model that the module was built of
  record Summary(
      UUID id,
      String endpoint,
      String name,
      Map<String, String> tags,
      Set<String> groups,
      DeviceState state,
      Instant created,
      Optional<Instant> lastContact,
      Optional<Instant> lastRegistered,
      Optional<String> manufacturer,
      Optional<String> model,
      Optional<String> firmwareVersion,
      Optional<String> target,
      Optional<String> factsDigest,
      Optional<String> moduleName,
      Optional<String> moduleVersion,
      Optional<UUID> module,
      Optional<Integer> modelVersion) {

    static Summary of(Device device, Map<UUID, RunningModules.Running> modules) {
      Optional<RunningModules.Running> running = Optional.ofNullable(modules.get(device.id()));
      Optional<Capabilities> able = device.capabilities();
      return new Summary(
          device.id(),
          device.endpoint(),
          device.name(),
          device.tags(),
          device.groups(),
          device.state(),
          device.created(),
          device.lastContact(),
          device.lastRegistered(),
          able.flatMap(Capabilities::manufacturer),
          able.flatMap(Capabilities::model),
          able.flatMap(Capabilities::firmwareVersion),
          able.flatMap(Capabilities::target),
          device.factsDigest(),
          device.moduleName(),
          device.moduleVersion(),
          running.map(RunningModules.Running::module),
          running.map(RunningModules.Running::version));
    }
  }

  /// A device with all that it said of itself.
  record Detail(
      Summary device,
      Optional<Capabilities> capabilities,
      Map<String, Object> facts,
      DeviceDetails.Said said) {}

  /// @param tags a tag of null goes away
  record Change(@Nullable String name, @Nullable Map<String, @Nullable String> tags) {
    Change {
      List<Problem.FieldError> errors = new ArrayList<>();
      NewDevice.checkName(name, errors);
      NewDevice.checkTags(tags, errors);
      if (!errors.isEmpty()) {
        throw Problem.invalid(errors);
      }
    }
  }

  @Operation(summary = "List devices, or those that match a filter")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices")
  Page<Summary> listDevices(
      Caller caller, PageRequest page, @RequestParam Optional<String> filter) {
    List<Device> found =
        devices.list(caller.tenant(), condition(filter), page.after(), page.rows());
    Map<UUID, RunningModules.Running> running =
        modules.on(caller.tenant(), found.stream().map(Device::id).toList());
    return Page.of(
        found.stream().map(device -> Summary.of(device, running)).toList(), page, Summary::id);
  }

  private Summary summary(Caller caller, Device device) {
    return Summary.of(device, modules.on(caller.tenant(), List.of(device.id())));
  }

  private DeviceCondition condition(Optional<String> filter) {
    if (filter.isEmpty() || filter.get().isBlank()) {
      return DeviceCondition.ALL;
    }
    DeviceCondition.Language reader = language.getIfAvailable();
    if (reader == null) {
      throw Problem.invalid("filter", "is not understood by this service");
    }
    return reader.parse(filter.get());
  }

  @Operation(summary = "Count devices, or those that match a filter")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/device-count")
  Map<String, Long> countDevices(Caller caller, @RequestParam Optional<String> filter) {
    return Map.of("count", devices.count(caller.tenant(), condition(filter)));
  }

  @Operation(summary = "Enter a device; a key that is made for it is shown this once")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/devices")
  @ResponseStatus(HttpStatus.CREATED)
  Provisioning.Entered addDevice(Caller caller, @RequestBody NewDevice device) {
    return provisioning.enter(caller, device);
  }

  @Operation(summary = "Show a device with all that it said of itself")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices/{id}")
  Detail getDevice(Caller caller, @PathVariable UUID id) {
    Device device = device(caller, id);
    return new Detail(
        summary(caller, device),
        device.capabilities(),
        device.capabilities().map(able -> CapabilityReader.facts(able).json()).orElse(Map.of()),
        details.said(id));
  }

  private Device device(Caller caller, UUID id) {
    return devices.find(caller.tenant(), id).orElseThrow(() -> Problem.notFound("device", id));
  }

  @Operation(summary = "Change name and tags of a device")
  @Requires(Role.OPERATOR)
  @PatchMapping("/v1/devices/{id}")
  Summary changeDevice(Caller caller, @PathVariable UUID id, @RequestBody Change change) {
    provisioning.change(caller, id, change.name(), change.tags());
    return summary(caller, device(caller, id));
  }

  @Operation(summary = "Remove a device; it cannot register any more")
  @Requires(Role.OPERATOR)
  @DeleteMapping("/v1/devices/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Transactional
  public void deleteDevice(Caller caller, @PathVariable UUID id) {
    device(caller, id);
    running
        .running(caller.tenant(), id)
        .ifPresent(
            update -> updates.cancel(caller.tenant(), update.id(), "the device was removed"));
    String endpoint = provisioning.remove(caller, id);
    AfterCommit.run(() -> server.forget(endpoint));
  }

  @Operation(summary = "What happened to a device, the latest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices/{id}/history")
  Page<DeviceHistory.Line> listDeviceHistory(
      Caller caller, @PathVariable UUID id, PageRequest page) {
    device(caller, id);
    return Page.of(
        history.of(caller.tenant(), id, page.beforeOrLast(), page.rows()),
        page,
        DeviceHistory.Line::id);
  }

  @Operation(summary = "Why a device is where it is, in words")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices/{id}/explanation")
  DeviceExplainer.Explained explainDevice(Caller caller, @PathVariable UUID id) {
    return explainer.explain(caller.tenant(), id);
  }

  @Operation(summary = "Ask a device again what it can do")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/devices/{id}/refresh")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Transactional
  public void refreshDevice(Caller caller, @PathVariable UUID id) {
    capabilities.ask(caller.tenant(), id, device(caller, id).endpoint());
  }

  @Operation(summary = "List the credentials of a device, without their keys")
  @Requires(Role.OPERATOR)
  @GetMapping("/v1/devices/{id}/credentials")
  List<Map<String, Object>> listDeviceCredentials(Caller caller, @PathVariable UUID id) {
    return provisioning.credentials(caller.tenant(), id);
  }

  @Operation(summary = "Give a device a new credential; the former ones end when it is used")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/devices/{id}/credentials")
  @ResponseStatus(HttpStatus.CREATED)
  Provisioning.Shown addDeviceCredential(
      Caller caller, @PathVariable UUID id, @RequestBody CredentialSpec credential) {
    return provisioning.rotate(caller, id, credential);
  }

  /// What is installed on a device.
  record Installed(int object, String note, List<Instance> instances) {}

  /// A module in a slot, named as object 513 names it where it does.
  ///
  /// @param integrity SHA-256 of the module, as the device says it
  /// @param module id of the module here, if it is one of the tenant's
  /// @param modelVersion number of the version of the model that it was built of
  record Instance(
      int instance,
      String model,
      String version,
      Optional<String> integrity,
      String description,
      boolean enabled,
      InstalledModule.State condition,
      long lastError,
      Optional<UUID> module,
      Optional<Integer> modelVersion) {}

  @Operation(summary = "What is installed on a device, as object 513 would say it")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices/{id}/installed")
  Installed listInstalled(Caller caller, @PathVariable UUID id) {
    List<Instance> instances =
        device(caller, id).capabilities().map(Capabilities::modules).orElse(List.of()).stream()
            .map(module -> instance(caller.tenant(), module))
            .toList();
    return new Installed(513, OBJECT_513, instances);
  }

  private Instance instance(UUID tenant, InstalledModule module) {
    Optional<Module> known = registry.module(tenant, module.identity(), module.sequence());
    return new Instance(
        module.slot(),
        module.name(),
        module.version().isEmpty() ? Long.toString(module.sequence()) : module.version(),
        module.digest(),
        "identity " + module.identity() + ", sequence " + module.sequence(),
        module.state() == InstalledModule.State.ACTIVE
            || module.state() == InstalledModule.State.TRIAL,
        module.state(),
        module.lastError(),
        known.map(Module::id),
        known.flatMap(one -> registry.version(tenant, one.version())).map(ModelVersion::number));
  }
}
