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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Stores what devices say of themselves.
final class CapabilityReader implements QueuedRequest.Origin {

  static final String ORIGIN = "facts";

  private static final String REPEATED = ORIGIN + ":repeated";
  private static final Duration PATIENCE = Duration.ofDays(7);
  private static final int SOFTWARE = 9;
  private static final long SOFTWARE_INSTALLED = 4;

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

  /// Where packets get lost, a message may be with all that it is sent again: it is asked once
  /// more.
  private static QueuedRequest repeated(QueuedRequest request) {
    return new QueuedRequest(
        Ids.next(),
        request.tenant(),
        request.device(),
        request.endpoint(),
        REPEATED,
        request.cause(),
        request.request(),
        request.expires());
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
    answeredAll(List.of(new QueuedRequest.Answered(request, answer)));
  }

  @Override
  public void answeredAll(List<QueuedRequest.Answered> answers) {
    // It would only be read again.
    jdbc.sql("set local synchronous_commit = off").update();
    List<DeviceHistory.Happened> silent = new ArrayList<>();
    List<QueuedRequest> again = new ArrayList<>();
    // The last word of each device counts.
    Map<UUID, Told> told = new HashMap<>();
    for (QueuedRequest.Answered one : answers) {
      QueuedRequest request = one.request();
      if (!(request.request() instanceof Request.Read read)) {
        continue;
      }
      Optional<Request.Read> finer = finer(read, one.answer());
      if (finer.isPresent()) {
        again.add(request.instead(Ids.next(), finer.get()));
        continue;
      }
      if (one.answer() instanceof Answer.Received received && !received.values().isEmpty()) {
        told.put(request.device(), told(request, received));
      } else if (one.answer() instanceof Answer.Silence && !request.origin().equals(REPEATED)) {
        again.add(repeated(request));
      } else {
        silent.add(
            new DeviceHistory.Happened(
                request.tenant(),
                request.device(),
                "facts",
                "it did not say what it can do: " + why(one.answer())));
      }
    }
    requests.add(again);
    history.add(silent);
    if (!told.isEmpty()) {
      store(told);
    }
  }

  /// What to ask instead of something that the device does not do as a whole.
  private static Optional<Request.Read> finer(Request.Read read, Answer answer) {
    return answer instanceof Answer.Received received
        ? DeviceLinks.finer(read, received.refused().keySet())
        : Optional.empty();
  }

  private static Told told(QueuedRequest request, Answer.Received received) {
    Map<ResourcePath, List<Object>> values = new TreeMap<>();
    received
        .values()
        .forEach((path, list) -> values.put(path, list.stream().map(Value::plain).toList()));
    CapabilityReading reading = CapabilityReading.of(values);
    return new Told(
        request,
        reading.capabilities(),
        facts(reading.capabilities()),
        running(reading.capabilities(), values),
        reading.doubts());
  }

  private static String why(Answer answer) {
    return switch (answer) {
      case Answer.Received received -> "it answers " + RequestText.code(received.code());
      case Answer.Silence silence -> silence.why();
      case Answer.Unsent unsent -> unsent.why();
    };
  }

  /// What a device said.
  private record Told(
      QueuedRequest request,
      Capabilities capabilities,
      DeviceFacts facts,
      Optional<Running> running,
      List<String> doubts) {

    @Nullable String running(Function<Running, String> part) {
      return running.map(part).orElse(null);
    }
  }

  private record Known(UUID device, String facts, String identity, String version) {}

  private void store(Map<UUID, Told> all) {
    List<Known> former =
        jdbc.sql(
                """
                select id, coalesce(facts_digest, ''), coalesce(module_identity, ''),
                  coalesce(module_version, '')
                from device where id = any(:devices) order by endpoint for update
                """)
            .param("devices", all.keySet().toArray(UUID[]::new))
            .query(
                (row, _) ->
                    new Known(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4)))
            .list();
    List<Told> kept = former.stream().map(k -> Required.value(all.get(k.device()))).toList();
    if (kept.isEmpty()) {
      return;
    }
    write(kept);
    tell(former, all);
  }

  private void write(List<Told> told) {
    jdbc.sql(
            """
            update device d set manufacturer = t.manufacturer, model = t.model,
              firmware_version = t.firmware, target = t.target, architecture = t.architecture,
              core = t.core, ram_free = t.ram, flash_free = t.flash, runtime_abi = t.abi,
              module_name = t.name, module_version = t.version, module_identity = t.identity,
              facts_digest = t.digest
            from unnest(:devices::uuid[], :manufacturers::text[], :models::text[],
              :firmwares::text[], :targets::text[], :architectures::text[], :cores::text[],
              :rams::bigint[], :flashes::bigint[], :abis::bigint[], :names::text[],
              :versions::text[], :identities::text[], :digests::text[])
              as t (device, manufacturer, model, firmware, target, architecture, core, ram, flash,
                abi, name, version, identity, digest)
            where d.id = t.device
            """)
        .param("devices", column(told, t -> t.request().device().toString()))
        .param("manufacturers", column(told, t -> t.capabilities().manufacturer().orElse(null)))
        .param("models", column(told, t -> t.capabilities().model().orElse(null)))
        .param("firmwares", column(told, t -> t.capabilities().firmwareVersion().orElse(null)))
        .param("targets", column(told, t -> t.facts().target().orElse(null)))
        .param("architectures", column(told, t -> t.facts().architecture().orElse(null)))
        .param("cores", column(told, t -> t.facts().core().orElse(null)))
        .param("rams", numbers(told, t -> t.capabilities().ramFreeBytes()))
        .param("flashes", numbers(told, t -> t.capabilities().flashFreeBytes()))
        .param("abis", numbers(told, t -> t.capabilities().runtimeAbi()))
        .param("names", column(told, t -> t.running(Running::name)))
        .param("versions", column(told, t -> t.running(Running::version)))
        .param("identities", column(told, t -> t.running(Running::identity)))
        .param("digests", column(told, t -> t.facts().digest()))
        .update();
    jdbc.sql(
            """
            insert into device_word (device, capabilities, facts, doubts, read_at)
            select device, capabilities::jsonb, facts::jsonb, doubts::jsonb, :now
            from unnest(:devices::uuid[], :capabilities::text[], :facts::text[], :doubts::text[])
              as t (device, capabilities, facts, doubts)
            on conflict (device) do update set capabilities = excluded.capabilities,
              facts = excluded.facts, doubts = excluded.doubts, read_at = excluded.read_at
            """)
        .param("devices", column(told, t -> t.request().device().toString()))
        .param("capabilities", column(told, t -> DeviceJson.write(t.capabilities())))
        .param("facts", column(told, t -> DeviceJson.write(t.facts().json())))
        .param("doubts", column(told, t -> DeviceJson.write(t.doubts())))
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }

  private static @Nullable String[] column(
      List<Told> told, Function<Told, @Nullable String> value) {
    return told.stream().map(value).toArray(String[]::new);
  }

  private static @Nullable Long[] numbers(List<Told> told, Function<Told, OptionalLong> value) {
    return told.stream().map(value).map(CapabilityReader::boxed).toArray(Long[]::new);
  }

  /// Tells of those who are not as they were.
  private void tell(List<Known> former, Map<UUID, Told> all) {
    List<DeviceHistory.Happened> happened = new ArrayList<>();
    Map<UUID, Map<String, Map<String, Object>>> published = new HashMap<>();
    List<DeviceChanged> changed = new ArrayList<>();
    for (Known known : former) {
      Told told = Required.value(all.get(known.device()));
      QueuedRequest request = told.request();
      UUID tenant = request.tenant();
      Set<DeviceChanged.What> changes = EnumSet.noneOf(DeviceChanged.What.class);
      if (!known.facts().equals(told.facts().digest())) {
        changes.add(DeviceChanged.What.FACTS);
        String words = "it is " + told.facts().words();
        happened.add(new DeviceHistory.Happened(tenant, known.device(), "facts", words));
      }
      String identity = told.running().map(Running::identity).orElse("");
      String version = told.running().map(Running::version).orElse("");
      if (!known.identity().equals(identity) || !known.version().equals(version)) {
        changes.add(DeviceChanged.What.MODULES);
        String words =
            told.running()
                .map(
                    module ->
                        "it runs '%s', sequence %s".formatted(module.name(), module.version()))
                .orElse("it runs no module");
        happened.add(new DeviceHistory.Happened(tenant, known.device(), "module", words));
      }
      if (!changes.isEmpty()) {
        published
            .computeIfAbsent(tenant, _ -> new LinkedHashMap<>())
            .put(
                known.device().toString(), Map.of("endpoint", request.endpoint(), "what", changes));
        changed.add(new DeviceChanged(tenant, known.device(), changes));
      }
    }
    history.add(happened);
    published.forEach((tenant, contents) -> events.publishAll(tenant, "device.changed", contents));
    fleet.changedAll(changed);
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
