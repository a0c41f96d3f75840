package dev.mote.service.device;

import dev.mote.builder.DeviceFacts;
import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.Capabilities;
import dev.mote.orchestration.object.CapabilityReading;
import dev.mote.orchestration.object.InstalledModule;
import dev.mote.orchestration.object.ResourcePath;
import dev.mote.service.database.Ids;
import dev.mote.service.event.Events;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Stores what devices say of themselves.
final class CapabilityReader implements QueuedRequest.Origin {

  static final String ORIGIN = "facts";

  /// Origin of requests to tell values from now on.
  static final String OBSERVING = ORIGIN + ":observe";

  private static final Duration PATIENCE = Duration.ofDays(7);
  private static final int SOFTWARE = 9;
  private static final long SOFTWARE_INSTALLED = 4;
  private static final int FAILED = 500;
  private static final int UNAVAILABLE = 503;
  private static final int TOO_MANY = 429;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final SqlRequests requests;
  private final DeviceHistory history;
  private final Events events;
  private final Fleet fleet;

  /// What runs on a device.
  private record Running(String name, String version, String identity) {}

  CapabilityReader(
      JdbcClient jdbc,
      Clock clock,
      SqlRequests requests,
      DeviceHistory history,
      Events events,
      Fleet fleet) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.requests = requests;
    this.history = history;
    this.events = events;
    this.fleet = fleet;
  }

  @Override
  public String name() {
    return ORIGIN;
  }

  @Override
  public boolean again(QueuedRequest request) {
    return true;
  }

  /// Asks a device again what it can do and what is installed, in the caller's transaction.
  void ask(UUID tenant, UUID device, String endpoint) {
    requests.dropWaiting(List.of(endpoint), ORIGIN + ":again");
    requests.add(
        List.of(
            new QueuedRequest(
                Ids.next(),
                tenant,
                device,
                endpoint,
                ORIGIN + ":again",
                Optional.empty(),
                links(device).reading(),
                clock.instant().plus(PATIENCE))));
  }

  private DeviceLinks links(UUID device) {
    return DeviceLinks.of(
        jdbc.sql("select links from device_word where device = :device")
            .param("device", device)
            .query(String.class)
            .optional()
            .orElse(""));
  }

  @Override
  public void answered(QueuedRequest request, Answer answer) {
    List<Request> finer = finer(request, answer);
    if (!finer.isEmpty()) {
      requests.add(finer.stream().map(one -> request.instead(Ids.next(), one)).toList());
      return;
    }
    if (!(request.request() instanceof Request.Read)) {
      if (isPassing(answer)) {
        // It is asked again when it next updates its registration.
        jdbc.sql("update device set observed = null where id = :device")
            .param("device", request.device())
            .update();
      }
      return;
    }
    // It would only be read again.
    jdbc.sql("set local synchronous_commit = off").update();
    if (!(answer instanceof Answer.Received received) || received.values().isEmpty()) {
      history.add(
          request.tenant(),
          request.device(),
          "facts",
          "it did not say what it can do: " + why(answer));
      return;
    }
    Map<ResourcePath, List<Object>> values = new TreeMap<>();
    received
        .values()
        .forEach((path, list) -> values.put(path, list.stream().map(Value::plain).toList()));
    CapabilityReading reading = CapabilityReading.of(values);
    store(
        request, reading.capabilities(), running(reading.capabilities(), values), reading.doubts());
  }

  /// What to ask instead of something that the device does not do as a whole.
  private List<Request> finer(QueuedRequest request, Answer answer) {
    if (!(answer instanceof Answer.Received received)) {
      return List.of();
    }
    return switch (request.request()) {
      case Request.Read read ->
          DeviceLinks.finer(read, received.refused().keySet()).stream()
              .<Request>map(one -> one)
              .toList();
      case Request.Observe observe when received.code() / 100 == 4 && !isPassing(answer) ->
          links(request.device()).finer(observe);
      default -> List.of();
    };
  }

  /// Whether another time the answer may be another.
  private static boolean isPassing(Answer answer) {
    return switch (answer) {
      case Answer.Received received ->
          received.code() == FAILED
              || received.code() == UNAVAILABLE
              || received.code() == TOO_MANY;
      case Answer.Silence _, Answer.Unsent _ -> true;
    };
  }

  private static String why(Answer answer) {
    return switch (answer) {
      case Answer.Received received -> "it answers " + RequestText.code(received.code());
      case Answer.Silence silence -> silence.why();
      case Answer.Unsent unsent -> unsent.why();
    };
  }

  private record Known(String facts, String identity, String version) {}

  private void store(
      QueuedRequest request,
      Capabilities capabilities,
      Optional<Running> running,
      List<String> doubts) {
    UUID device = request.device();
    Optional<Known> former =
        jdbc.sql(
                """
                select coalesce(facts_digest, ''), coalesce(module_identity, ''),
                  coalesce(module_version, '')
                from device where id = :device for update
                """)
            .param("device", device)
            .query((row, _) -> new Known(row.getString(1), row.getString(2), row.getString(3)))
            .optional();
    if (former.isEmpty()) {
      return;
    }
    DeviceFacts facts = facts(capabilities);
    String digest = facts.digest();
    jdbc.sql(
            """
            update device set manufacturer = :manufacturer, model = :model,
              firmware_version = :firmware, target = :target, architecture = :architecture,
              core = :core, ram_free = :ram, flash_free = :flash, runtime_abi = :abi,
              module_name = :name, module_version = :version, module_identity = :identity,
              facts_digest = :digest
            where id = :device
            """)
        .param("manufacturer", capabilities.manufacturer().orElse(null))
        .param("model", capabilities.model().orElse(null))
        .param("firmware", capabilities.firmwareVersion().orElse(null))
        .param("target", facts.target().orElse(null))
        .param("architecture", facts.architecture().orElse(null))
        .param("core", facts.core().orElse(null))
        .param("ram", boxed(capabilities.ramFreeBytes()))
        .param("flash", boxed(capabilities.flashFreeBytes()))
        .param("abi", boxed(capabilities.runtimeAbi()))
        .param("name", running.map(Running::name).orElse(null))
        .param("version", running.map(Running::version).orElse(null))
        .param("identity", running.map(Running::identity).orElse(null))
        .param("digest", digest)
        .param("device", device)
        .update();
    Instant now = clock.instant();
    jdbc.sql(
            """
            insert into device_word (device, capabilities, facts, doubts, read_at)
            values (:device, :capabilities::jsonb, :facts::jsonb, :doubts::jsonb, :now)
            on conflict (device) do update set capabilities = excluded.capabilities,
              facts = excluded.facts, doubts = excluded.doubts, read_at = excluded.read_at
            """)
        .param("device", device)
        .param("capabilities", DeviceJson.write(capabilities))
        .param("facts", DeviceJson.write(facts.json()))
        .param("doubts", DeviceJson.write(doubts))
        .param("now", Timestamp.from(now))
        .update();
    tell(request, former.get(), digest, facts, running);
  }

  private void tell(
      QueuedRequest request,
      Known former,
      String digest,
      DeviceFacts facts,
      Optional<Running> running) {
    Set<DeviceChanged.What> changes = EnumSet.noneOf(DeviceChanged.What.class);
    if (!former.facts().equals(digest)) {
      changes.add(DeviceChanged.What.FACTS);
      history.add(request.tenant(), request.device(), "facts", "it is " + facts.words());
    }
    String identity = running.map(Running::identity).orElse("");
    String version = running.map(Running::version).orElse("");
    if (!former.identity().equals(identity) || !former.version().equals(version)) {
      changes.add(DeviceChanged.What.MODULES);
      history.add(
          request.tenant(),
          request.device(),
          "module",
          running
              .map(module -> "it runs '%s', sequence %s".formatted(module.name(), module.version()))
              .orElse("it runs no module"));
    }
    if (!changes.isEmpty()) {
      events.publish(
          request.tenant(),
          "device.changed",
          request.device().toString(),
          Map.of("endpoint", request.endpoint(), "what", changes));
      fleet.changed(new DeviceChanged(request.tenant(), request.device(), changes));
    }
  }

  private static @Nullable Long boxed(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }

  /// What decides a build.
  static DeviceFacts facts(Capabilities capabilities) {
    return new DeviceFacts(
        capabilities.target(),
        capabilities.architecture(),
        capabilities.extensions(),
        capabilities.core(),
        capabilities.ramFreeBytes(),
        capabilities.flashFreeBytes(),
        capabilities.runtimeAbi(),
        capabilities.payloadKinds(),
        capabilities.accelerators(),
        capabilities.features());
  }

  /// The module that runs: of Mote's object where there is one, else the software of object 9.
  private static Optional<Running> running(
      Capabilities capabilities, Map<ResourcePath, List<Object>> values) {
    for (InstalledModule.State state :
        List.of(InstalledModule.State.ACTIVE, InstalledModule.State.TRIAL)) {
      Optional<Running> module =
          capabilities.modules().stream()
              .filter(installed -> installed.state() == state)
              .findFirst()
              .map(
                  m ->
                      new Running(
                          m.name(),
                          m.version().isEmpty() ? Long.toString(m.sequence()) : m.version(),
                          m.identity()));
      if (module.isPresent()) {
        return module;
      }
    }
    return value(values, 7)
        .filter(state -> state.equals(SOFTWARE_INSTALLED))
        .map(
            _ ->
                new Running(
                    value(values, 0).map(String::valueOf).orElse(""),
                    value(values, 1).map(String::valueOf).orElse(""),
                    ""));
  }

  private static Optional<Object> value(Map<ResourcePath, List<Object>> values, int resource) {
    return values.getOrDefault(new ResourcePath(SOFTWARE, 0, resource), List.of()).stream()
        .findFirst();
  }
}
