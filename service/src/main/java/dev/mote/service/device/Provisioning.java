package dev.mote.service.device;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.access.Secrets;
import dev.mote.service.database.Ids;
import dev.mote.service.event.Events;
import dev.mote.service.http.Problem;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Enters devices, changes them and takes them out, with their credentials.
final class Provisioning {

  /// A credential as it is shown.
  ///
  /// @param key the pre-shared key in hexadecimal digits, only when it was made here and only once
  record Shown(UUID id, String kind, Optional<String> identity, Optional<String> key) {
    @Override
    public String toString() {
      return "Shown[" + id + "]";
    }
  }

  /// What became of a new device: its id and credential, or why not.
  record Entered(
      String endpoint, Optional<UUID> id, Optional<Shown> credential, Optional<String> error) {
    static Entered refused(String endpoint, String why) {
      return new Entered(endpoint, Optional.empty(), Optional.empty(), Optional.of(why));
    }
  }

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final Secrets secrets;
  private final Quotas quotas;
  private final Audit audit;
  private final Events events;
  private final Fleet fleet;
  private final DeviceHistory history;

  Provisioning(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Clock clock,
      Secrets secrets,
      Quotas quotas,
      Audit audit,
      Events events,
      Fleet fleet,
      DeviceHistory history) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.secrets = secrets;
    this.quotas = quotas;
    this.audit = audit;
    this.events = events;
    this.fleet = fleet;
    this.history = history;
  }

  /// Enters one device.
  Entered enter(Caller caller, NewDevice device) {
    return Required.value(
        transaction.execute(
            _ -> {
              Entered entered = enter(caller, List.of(device)).getFirst();
              if (entered.error().isPresent()) {
                throw DeviceCodes.ENDPOINT_TAKEN.problem(
                    entered.error().get(), "choose another endpoint name or identity.");
              }
              audit.record(
                  caller,
                  "device.create",
                  "device/" + entered.id().orElseThrow(),
                  Map.of("endpoint", device.endpoint()));
              return entered;
            }));
  }

  private record Row(UUID id, NewDevice device, CredentialSpec.Complete credential) {}

  /// Enters many devices in the caller's transaction; those that cannot be are told of.
  List<Entered> enter(Caller caller, List<NewDevice> devices) {
    UUID tenant = caller.tenant();
    Instant now = clock.instant();
    Map<String, Row> rows = new LinkedHashMap<>();
    List<Entered> twice = new ArrayList<>();
    for (NewDevice device : devices) {
      Row row = new Row(Ids.next(), device, device.credentialOrPsk().complete(device.endpoint()));
      if (rows.putIfAbsent(device.endpoint(), row) != null) {
        twice.add(Entered.refused(device.endpoint(), "it comes twice"));
      }
    }
    quotas.take(tenant, Quota.DEVICES, rows.size());
    List<Row> all = List.copyOf(rows.values());
    Set<UUID> inserted = insertDevices(tenant, all, now);
    jdbc.sql("delete from device_newcomer where tenant = :tenant and endpoint = any(:endpoints)")
        .param("tenant", tenant)
        .param("endpoints", rows.keySet().toArray(String[]::new))
        .update();
    List<Row> there = all.stream().filter(row -> inserted.contains(row.id())).toList();
    Map<UUID, Shown> credentials = insertCredentials(tenant, there, now);
    List<UUID> without =
        inserted.stream().filter(device -> !credentials.containsKey(device)).toList();
    if (!without.isEmpty()) {
      jdbc.sql("delete from device where id = any(:ids)")
          .param("ids", without.toArray(UUID[]::new))
          .update();
    }
    int refused = all.size() - credentials.size();
    if (refused > 0) {
      quotas.give(tenant, Quota.DEVICES, refused);
    }
    credentials
        .keySet()
        .forEach(
            device ->
                fleet.changed(
                    new DeviceChanged(tenant, device, EnumSet.of(DeviceChanged.What.CREATED))));
    List<Entered> results = new ArrayList<>(twice);
    for (Row row : all) {
      Optional<Shown> shown = Optional.ofNullable(credentials.get(row.id()));
      results.add(
          shown.isPresent()
              ? new Entered(row.device().endpoint(), Optional.of(row.id()), shown, Optional.empty())
              : Entered.refused(
                  row.device().endpoint(),
                  inserted.contains(row.id())
                      ? "another device has the identity of its credential"
                      : "there is a device of that endpoint name"));
    }
    return results;
  }

  private static <T> String[] column(List<T> rows, Function<T, @Nullable String> value) {
    return rows.stream().map(value).toArray(String[]::new);
  }

  private Set<UUID> insertDevices(UUID tenant, List<Row> rows, Instant now) {
    return new HashSet<>(
        jdbc.sql(
                """
                insert into device (id, tenant, endpoint, name, tags, recipient, created)
                select id, :tenant, endpoint, name, tags::jsonb, decode(recipient, 'hex'), :now
                from unnest(:ids::uuid[], :endpoints::text[], :names::text[], :tags::text[],
                  :recipients::text[]) as t (id, endpoint, name, tags, recipient)
                on conflict (endpoint) do nothing returning id
                """)
            .param("tenant", tenant)
            .param("now", Timestamp.from(now))
            .param("ids", column(rows, r -> r.id().toString()))
            .param("endpoints", column(rows, r -> r.device().endpoint()))
            .param("names", column(rows, r -> r.device().nameOrEndpoint()))
            .param("tags", column(rows, r -> DeviceJson.write(r.device().tagsOrNone())))
            .param(
                "recipients",
                column(
                    rows, r -> r.device().recipient().map(HexFormat.of()::formatHex).orElse(null)))
            .query(UUID.class)
            .list());
  }

  private Map<UUID, Shown> insertCredentials(UUID tenant, List<Row> rows, Instant now) {
    Map<UUID, Shown> shown = new HashMap<>();
    List<UUID> ids = rows.stream().map(_ -> Ids.next()).toList();
    List<String> sealed = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      UUID id = ids.get(i);
      CredentialSpec.Complete credential = rows.get(i).credential();
      sealed.add(
          credential
              .key()
              .map(key -> secrets.seal(SqlCredentials.purpose(id), key.reveal()))
              .map(HexFormat.of()::formatHex)
              .orElse(""));
      shown.put(rows.get(i).id(), shown(id, credential));
    }
    Set<UUID> inserted =
        new HashSet<>(
            jdbc.sql(
                    """
                    insert into device_credential
                      (id, tenant, device, kind, identity, secret, created, bootstrap)
                    select id, :tenant, device, kind, identity, decode(nullif(secret, ''), 'hex'),
                      :now, bootstrap
                    from unnest(:ids::uuid[], :devices::uuid[], :kinds::text[], :identities::text[],
                        :secrets::text[], :bootstraps::boolean[])
                      as t (id, device, kind, identity, secret, bootstrap)
                    on conflict (kind, identity) do nothing returning device
                    """)
                .param("tenant", tenant)
                .param("now", Timestamp.from(now))
                .param("ids", column(ids, UUID::toString))
                .param("devices", column(rows, r -> r.id().toString()))
                .param("kinds", column(rows, r -> r.credential().kind().name()))
                .param("identities", column(rows, r -> r.credential().identity().orElse(null)))
                .param("secrets", sealed.toArray(String[]::new))
                .param(
                    "bootstraps",
                    column(rows, r -> String.valueOf(r.device().credentialOrPsk().isBootstrap())))
                .query(UUID.class)
                .list());
    shown.keySet().retainAll(inserted);
    return shown;
  }

  private static Shown shown(UUID id, CredentialSpec.Complete credential) {
    return new Shown(
        id,
        credential.kind().name(),
        credential.identity(),
        credential.isNew()
            ? credential.key().map(key -> HexFormat.of().formatHex(key.reveal()))
            : Optional.empty());
  }

  /// Gives a device one more credential. The former ones hold until the new one is used.
  Shown rotate(Caller caller, UUID device, CredentialSpec spec) {
    return Required.value(
        transaction.execute(
            _ -> {
              String endpoint = endpoint(caller.tenant(), device);
              CredentialSpec named =
                  spec.identity() == null && spec.kindOrPsk() == CredentialSpec.Kind.PSK
                      ? new CredentialSpec(
                          "psk",
                          endpoint + "#" + Ids.next().toString().substring(0, 13),
                          spec.key(),
                          null,
                          spec.bootstrap())
                      : spec;
              NewDevice same = new NewDevice(endpoint, null, null, named, null);
              Row row = new Row(device, same, named.complete(endpoint));
              Shown shown =
                  insertCredentials(caller.tenant(), List.of(row), clock.instant()).get(device);
              if (shown == null) {
                throw DeviceCodes.ENDPOINT_TAKEN.problem(
                    "a device has that identity already", "choose another identity.");
              }
              history.add(
                  caller.tenant(),
                  device,
                  "credential",
                  "it got a new credential by " + caller.name());
              audit.record(
                  caller,
                  "device.credential",
                  "device/" + device,
                  Map.of("kind", shown.kind(), "identity", shown.identity().orElse("")));
              return shown;
            }));
  }

  /// Credentials of a device, without keys.
  List<Map<String, Object>> credentials(UUID tenant, UUID device) {
    endpoint(tenant, device);
    return jdbc.sql(
            """
            select id, kind, identity, created, first_used, bootstrap from device_credential
            where tenant = :tenant and device = :device order by created
            """)
        .param("tenant", tenant)
        .param("device", device)
        .query(
            (row, _) -> {
              Map<String, Object> shown = new LinkedHashMap<>();
              shown.put("id", row.getObject(1, UUID.class));
              shown.put("kind", row.getString(2));
              Optional.ofNullable(row.getString(3)).ifPresent(v -> shown.put("identity", v));
              shown.put("created", row.getTimestamp(4).toInstant());
              Optional.ofNullable(row.getTimestamp(5))
                  .ifPresent(v -> shown.put("firstUsed", v.toInstant()));
              if (row.getBoolean(6)) {
                shown.put("bootstrap", true);
              }
              return shown;
            })
        .list();
  }

  String endpoint(UUID tenant, UUID device) {
    return jdbc.sql("select endpoint from device where tenant = :tenant and id = :device")
        .param("tenant", tenant)
        .param("device", device)
        .query(String.class)
        .optional()
        .orElseThrow(() -> Problem.notFound("device", device));
  }

  /// Changes name and tags; null leaves them. A tag of null goes away.
  void change(
      Caller caller,
      UUID device,
      @Nullable String name,
      @Nullable Map<String, @Nullable String> tags) {
    transaction.executeWithoutResult(
        _ -> {
          endpoint(caller.tenant(), device);
          Set<DeviceChanged.What> changes = EnumSet.noneOf(DeviceChanged.What.class);
          if (name != null) {
            changes.add(DeviceChanged.What.NAME);
          }
          if (tags != null) {
            changes.add(DeviceChanged.What.TAGS);
          }
          jdbc.sql(
                  """
                  update device set name = coalesce(:name, name),
                    tags = jsonb_strip_nulls(tags || :tags::jsonb)
                  where tenant = :tenant and id = :device
                  """)
              .param("name", name)
              .param("tags", DeviceJson.write(tags == null ? Map.of() : tags))
              .param("tenant", caller.tenant())
              .param("device", device)
              .update();
          audit.record(caller, "device.change", "device/" + device, Map.of("what", changes));
          events.publish(
              caller.tenant(), "device.changed", device.toString(), Map.of("what", changes));
          fleet.changed(new DeviceChanged(caller.tenant(), device, changes));
        });
  }

  /// Takes a device out, in the caller's transaction: it cannot register any more.
  String remove(Caller caller, UUID device) {
    String endpoint = endpoint(caller.tenant(), device);
    fleet.changed(
        new DeviceChanged(caller.tenant(), device, EnumSet.of(DeviceChanged.What.DELETED)));
    jdbc.sql("delete from device_registration where endpoint = :endpoint")
        .param("endpoint", endpoint)
        .update();
    jdbc.sql("delete from device where tenant = :tenant and id = :device")
        .param("tenant", caller.tenant())
        .param("device", device)
        .update();
    quotas.give(caller.tenant(), Quota.DEVICES, 1);
    audit.record(caller, "device.delete", "device/" + device, Map.of("endpoint", endpoint));
    events.publish(caller.tenant(), "device.gone", device.toString(), Map.of("endpoint", endpoint));
    return endpoint;
  }
}
