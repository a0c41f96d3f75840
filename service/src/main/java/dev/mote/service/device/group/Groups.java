package dev.mote.service.device.group;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.database.Ids;
import dev.mote.service.device.DeviceChanged;
import dev.mote.service.device.DeviceCondition;
import dev.mote.service.device.FleetListener;
import dev.mote.service.device.filter.DeviceFilter;
import dev.mote.service.device.filter.FilterRefused;
import dev.mote.service.http.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Groups as rows, and in the column `groups` of devices.
@Component
class Groups implements FleetListener {

  private static final int FOLLOWS = 8421;
  private static final int TAKEN = 8420;

  private final JdbcClient jdbc;
  private final ObjectProvider<FleetListener> listeners;
  private final Quotas quotas;
  private final Audit audit;
  private final Clock clock;

  Groups(
      JdbcClient jdbc,
      ObjectProvider<FleetListener> listeners,
      Quotas quotas,
      Audit audit,
      Clock clock) {
    this.jdbc = jdbc;
    this.listeners = listeners;
    this.quotas = quotas;
    this.audit = audit;
    this.clock = clock;
  }

  List<Group> list(UUID tenant, UUID after, int most) {
    return jdbc.sql(
            """
            select id, name, filter, created from device_group
            where tenant = :tenant and id > :after order by id limit :most
            """)
        .param("tenant", tenant)
        .param("after", after)
        .param("most", most)
        .query(Groups::read)
        .list();
  }

  Group find(UUID tenant, UUID id) {
    return jdbc.sql(
            "select id, name, filter, created from device_group where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query(Groups::read)
        .optional()
        .orElseThrow(() -> Problem.notFound("group", id));
  }

  private static Group read(ResultSet row, int number) throws SQLException {
    return new Group(
        row.getObject(1, UUID.class),
        row.getString(2),
        Optional.ofNullable(row.getString(3)),
        row.getTimestamp(4).toInstant());
  }

  @Transactional
  public Group create(Caller caller, String name, Optional<String> filter) {
    if (name == null || !name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,99}")) {
      throw Problem.invalid("name", "needs 1 to 100 letters, digits, blanks and any of . _ -");
    }
    filter.ifPresent(Groups::check);
    quotas.take(caller.tenant(), Quota.GROUPS, 1);
    UUID id = Ids.next();
    int added =
        jdbc.sql(
                """
                insert into device_group (id, tenant, name, filter, created)
                values (:id, :tenant, :name, :filter, :now) on conflict (tenant, name) do nothing
                """)
            .param("id", id)
            .param("tenant", caller.tenant())
            .param("name", name)
            .param("filter", filter.orElse(null))
            .param("now", Timestamp.from(clock.instant()))
            .update();
    if (added == 0) {
      throw Problem.of(
          TAKEN,
          HttpStatus.CONFLICT,
          "there is a group '%s' already".formatted(name),
          "take another name, or delete that group.");
    }
    filter.ifPresent(text -> follow(caller.tenant(), name, text, Optional.empty()));
    audit.record(caller, "group.create", "group/" + id, Map.of("name", name));
    return find(caller.tenant(), id);
  }

  /// A group follows events, and none tells that time has passed; groups of groups would have to
  /// follow each other.
  private static void check(String text) {
    DeviceFilter filter;
    try {
      filter = DeviceFilter.parse(text);
    } catch (FilterRefused e) {
      throw Problem.invalid("filter", (e.getMessage() + ". " + e.fix()).strip());
    }
    if (filter.dependsOnTime() || filter.asksForGroups()) {
      throw Problem.invalid(
          "filter", "asks for lastContact, for a time ago or for a group, which a group cannot");
    }
  }

  @Transactional
  public void delete(Caller caller, UUID id) {
    Group group = find(caller.tenant(), id);
    jdbc.sql("delete from device_group where tenant = :tenant and id = :id")
        .param("tenant", caller.tenant())
        .param("id", id)
        .update();
    tell(
        caller.tenant(),
        jdbc.sql(
                """
                update device set groups = array_remove(groups, :name)
                where tenant = :tenant and groups @> array[:name]::text[] returning id
                """)
            .param("tenant", caller.tenant())
            .param("name", group.name())
            .query((row, _) -> row.getObject(1, UUID.class))
            .list());
    quotas.give(caller.tenant(), Quota.GROUPS, 1);
    audit.record(caller, "group.delete", "group/" + id, Map.of("name", group.name()));
  }

  /// Puts devices into a group of people's choice, and takes others out.
  ///
  /// @return how many of them changed
  @Transactional
  public int change(Caller caller, UUID id, Collection<UUID> in, Collection<UUID> out) {
    Group group = find(caller.tenant(), id);
    if (group.filter().isPresent()) {
      throw Problem.of(
          FOLLOWS,
          HttpStatus.CONFLICT,
          "group '%s' follows its filter".formatted(group.name()),
          "change the devices, so that they match or not, or make a group without a filter.");
    }
    List<UUID> changed = new ArrayList<>(put(caller.tenant(), group.name(), in));
    changed.addAll(
        jdbc.sql(
                """
                update device set groups = array_remove(groups, :name)
                where tenant = :tenant and id = any(:ids) and groups @> array[:name]::text[]
                returning id
                """)
            .param("tenant", caller.tenant())
            .param("ids", out.toArray(UUID[]::new))
            .param("name", group.name())
            .query(UUID.class)
            .list());
    tell(caller.tenant(), changed);
    audit.record(
        caller,
        "group.change",
        "group/" + id,
        Map.of("name", group.name(), "in", in.size(), "out", out.size()));
    return changed.size();
  }

  private List<UUID> put(UUID tenant, String name, Collection<UUID> devices) {
    return jdbc.sql(
            """
            update device set groups = array_append(groups, :name)
            where tenant = :tenant and id = any(:ids) and not groups @> array[:name]::text[]
            returning id
            """)
        .param("tenant", tenant)
        .param("ids", devices.toArray(UUID[]::new))
        .param("name", name)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  /// Brings membership up to date: of one device, or of all.
  private void follow(UUID tenant, String name, String filter, Optional<UUID> device) {
    DeviceCondition condition = DeviceFilter.parse(filter).condition(clock.instant());
    Map<String, Object> parameters = new HashMap<>(condition.parameters());
    parameters.put("tenant", tenant);
    parameters.put("groupName", name);
    parameters.put("all", device.isEmpty());
    parameters.put("device", device.orElseGet(() -> new UUID(0, 0)));
    tell(
        tenant,
        jdbc.sql(
                """
                update device set groups = case when %1$s then array_append(groups, :groupName)
                  else array_remove(groups, :groupName) end
                where tenant = :tenant and (:all or id = :device)
                  and (coalesce(%1$s, false)) <> (groups @> array[:groupName]::text[])
                returning id
                """
                    .formatted("(" + condition.where() + ")"))
            .params(parameters)
            .query((row, _) -> row.getObject(1, UUID.class))
            .list());
  }

  private void tell(UUID tenant, Collection<UUID> devices) {
    for (UUID device : devices) {
      DeviceChanged event = new DeviceChanged(tenant, device, Set.of(DeviceChanged.What.GROUPS));
      listeners.orderedStream().forEach(listener -> listener.changed(event));
    }
  }

  @Override
  public void changedAll(List<DeviceChanged> events) {
    Set<UUID> followed =
        Set.copyOf(
            jdbc.sql(
                    """
                    select distinct tenant from device_group
                    where tenant = any(:tenants) and filter is not null
                    """)
                .param(
                    "tenants",
                    events.stream().map(DeviceChanged::tenant).distinct().toArray(UUID[]::new))
                .query(UUID.class)
                .list());
    events.stream().filter(event -> followed.contains(event.tenant())).forEach(this::changed);
  }

  /// Decides about one device in the transaction that changes it. Devices come and go all the time,
  /// which matters only to filters in which the word stands.
  @Override
  public void changed(DeviceChanged event) {
    if (event.what().equals(Set.of(DeviceChanged.What.GROUPS))
        || event.what().contains(DeviceChanged.What.DELETED)) {
      return;
    }
    record Following(String name, String filter) {}
    jdbc.sql(
            """
            select name, filter from device_group
            where tenant = :tenant and filter is not null and (:any or filter like '%state%')
            order by id
            """)
        .param("any", !event.what().equals(Set.of(DeviceChanged.What.STATE)))
        .param("tenant", event.tenant())
        .query(Following.class)
        .list()
        .forEach(
            group ->
                follow(event.tenant(), group.name(), group.filter(), Optional.of(event.device())));
  }
}
