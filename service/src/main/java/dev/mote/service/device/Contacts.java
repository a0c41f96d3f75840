package dev.mote.service.device;

import dev.mote.orchestration.gateway.DeviceEvent;
import dev.mote.orchestration.gateway.Link;
import dev.mote.service.event.Events;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Keeps what follows from devices coming and going: their state, what is asked of them when they
/// register, and who is told. Many at once, in one transaction.
final class Contacts implements AutoCloseable {

  private static final int MOST_AT_ONCE = 256;
  private static final int MOST_WRITTEN = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /// Last contact is not written more often for a device that does the same as ever.
  private static final Duration FRESH = Duration.ofSeconds(10);

  /// What a device did to its registration.
  ///
  /// @param registrations how often it registered
  /// @param at when it did the last of this
  /// @param state that follows
  /// @param links where it told them
  /// @param isAsked whether it has been asked to tell its values already
  record Contact(
      String endpoint,
      int registrations,
      Instant at,
      DeviceState state,
      @Nullable String links,
      boolean isAsked) {

    boolean isRegistration() {
      return registrations > 0;
    }

    Contact after(Contact former) {
      return new Contact(
          endpoint,
          registrations + former.registrations,
          at,
          state,
          links == null ? former.links : links,
          isAsked && former.isAsked);
    }
  }

  /// A device as it was before.
  record Before(
      UUID id,
      UUID tenant,
      String endpoint,
      DeviceState state,
      @Nullable Instant lastContact,
      @Nullable String links,
      @Nullable Instant readAt,
      boolean isRegistered,
      @Nullable UUID update,
      boolean isReachable,
      @Nullable Instant observed,
      boolean hasRequests) {

    /// As it is when it has been heard once more.
    Before heard(Instant at) {
      return with(state, at, links, observed);
    }

    /// As it is after a contact.
    Before after(Contact contact, boolean isWritten, boolean isAsked) {
      return with(
          contact.state,
          isWritten ? contact.at : lastContact,
          contact.links == null ? links : contact.links,
          isAsked ? contact.at : observed);
    }

    private Before with(
        DeviceState nextState,
        @Nullable Instant nextContact,
        @Nullable String nextLinks,
        @Nullable Instant nextObserved) {
      return new Before(
          id,
          tenant,
          endpoint,
          nextState,
          nextContact,
          nextLinks,
          readAt,
          isRegistered,
          update,
          isReachable,
          nextObserved,
          hasRequests);
    }
  }

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final Enquiries enquiries;
  private final SteadyDevices steady;
  private final Memo<List<Link>, String> texts =
      new Memo<>(Enquiries.MOST_LINKS, DeviceLinks::text);
  private final Memo<String, String> sameTexts =
      new Memo<>(Enquiries.MOST_LINKS, Function.identity());
  private final SqlRequests requests;
  private final Wishes wishes;
  private final DeviceHistory history;
  private final Events events;
  private final Fleet fleet;
  private final Batches<Contact, Optional<UUID>> batches;

  Contacts(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Clock clock,
      DeviceSettings settings,
      SqlRequests requests,
      Wishes wishes,
      DeviceHistory history,
      Events events,
      Fleet fleet) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.enquiries = new Enquiries(settings, clock.instant());
    this.steady =
        new SteadyDevices(settings.kept(), clock, FRESH, enquiries, requests.empty(), wishes);
    this.requests = requests;
    this.wishes = wishes;
    this.history = history;
    this.events = events;
    this.fleet = fleet;
    this.batches =
        new Batches<>(
            "contacts",
            MOST_AT_ONCE,
            PATIENCE,
            batch -> Required.value(transaction.execute(_ -> take(batch))));
  }

  /// A device registered.
  ///
  /// @return its running update
  Optional<UUID> registered(DeviceEvent.Registered event) {
    return keep(
        new Contact(
            event.endpoint(),
            1,
            clock.instant(),
            state(event.queueMode()),
            texts.of(event.links()),
            false));
  }

  /// A device updated its registration.
  ///
  /// @return its running update, if that believes the device to be away
  Optional<UUID> updated(DeviceEvent.Updated event) {
    return keep(
        new Contact(
            event.endpoint(),
            0,
            clock.instant(),
            state(event.queueMode()),
            event.links().map(texts::of).orElse(null),
            false));
  }

  /// A registration ended.
  void ended(String endpoint) {
    keep(new Contact(endpoint, 0, clock.instant(), DeviceState.OFFLINE, null, false));
  }

  private Optional<UUID> keep(Contact contact) {
    if (steady.takes(contact)) {
      return Optional.empty();
    }
    return batches.run(steady.remove(contact.endpoint()).map(contact::after).orElse(contact));
  }

  /// A device said something that is neither registration nor update.
  ///
  /// @return whether it is noted; otherwise [#heard(Map)] is to be told
  boolean heard(String endpoint) {
    return steady.heard(endpoint, clock.instant());
  }

  /// A device is gone, or another process's.
  void forget(String endpoint) {
    steady.remove(endpoint);
  }

  /// News may have been missed.
  void doubt() {
    steady.doubt();
  }

  /// Writes contacts of devices that do the same as ever.
  ///
  /// @param isAll also of those of which one was written a short while ago
  /// @return running updates that nobody knew of, and whether their device has registered
  Map<UUID, Boolean> writeSteady(boolean isAll) {
    List<Contact> due = steady.due(isAll);
    Map<UUID, Boolean> updates = new HashMap<>();
    int done = 0;
    try {
      while (done < due.size()) {
        List<Contact> some = due.subList(done, Math.min(due.size(), done + MOST_WRITTEN));
        List<Optional<UUID>> found = Required.value(transaction.execute(_ -> take(some)));
        for (int i = 0; i < some.size(); i++) {
          boolean isRegistration = some.get(i).isRegistration();
          found.get(i).ifPresent(update -> updates.put(update, isRegistration));
        }
        done += some.size();
      }
    } catch (RuntimeException e) {
      steady.notWritten(due.subList(done, due.size()));
      throw e;
    }
    return updates;
  }

  /// Devices said something else.
  ///
  /// @param times when each endpoint was heard last, which may be some time ago
  /// @return running updates of devices that they believed to be away
  List<UUID> heard(Map<String, Instant> times) {
    List<Map.Entry<String, Instant>> rows = List.copyOf(times.entrySet());
    String[] endpoints = rows.stream().map(Map.Entry::getKey).toArray(String[]::new);
    transaction.executeWithoutResult(
        _ -> {
          relaxed();
          jdbc.sql(
                  """
                  update device d set last_contact = old.heard
                  from (
                    select o.id, t.heard
                    from unnest(:endpoints::text[], :times::timestamptz[]) as t (endpoint, heard)
                    join device o on o.endpoint = t.endpoint
                    where o.last_contact is null or o.last_contact < t.heard - :fresh::interval
                    order by o.endpoint for no key update of o) as old
                  where d.id = old.id
                  """)
              .param("endpoints", endpoints)
              .param(
                  "times",
                  rows.stream()
                      .map(Map.Entry::getValue)
                      .map(Timestamp::from)
                      .toArray(Timestamp[]::new))
              .param("fresh", FRESH.toString())
              .update();
        });
    return jdbc.sql(
            """
            select u.id from device d join device_update u on u.device = d.id and u.ended is null
            where d.endpoint = any(:endpoints) and not u.reachable
            """)
        .param("endpoints", endpoints)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  /// The time of a contact may be lost with the database's machine: the next contact tells it
  /// again.
  private void relaxed() {
    jdbc.sql("set local synchronous_commit = off").update();
  }

  private static DeviceState state(boolean queueMode) {
    return queueMode ? DeviceState.SLEEPING : DeviceState.ONLINE;
  }

  private List<Optional<UUID>> take(List<Contact> batch) {
    Map<String, Contact> contacts = new TreeMap<>();
    batch.forEach(contact -> contacts.merge(contact.endpoint(), contact, (a, b) -> b.after(a)));
    Instant now = clock.instant();
    Map<String, Optional<UUID>> updates = new HashMap<>();
    List<Before> written = new ArrayList<>();
    List<QueuedRequest> wanted = new ArrayList<>();
    List<DeviceHistory.Happened> happened = new ArrayList<>();
    List<Before> asked = new ArrayList<>();
    List<Before> changed = new ArrayList<>();
    boolean isRelaxed = true;
    List<String> idle = new ArrayList<>();
    Map<String, Before> calm = new HashMap<>();
    Map<String, Integer> stamps = new HashMap<>();
    contacts.keySet().forEach(e -> stamps.put(e, requests.empty().stamp(e)));
    for (Before before : before(contacts.keySet())) {
      Contact contact = contacts.get(before.endpoint());
      if (contact == null || (contact.state() == DeviceState.OFFLINE) == before.isRegistered()) {
        // It ended here and began elsewhere, or the other way round: the newer word is on its way.
        continue;
      }
      boolean isDue = !contact.isAsked() && enquiries.areDue(before, contact, now);
      boolean isAsked = isDue || contact.isAsked() && contact.isRegistration();
      boolean isNews = contact.isRegistration() || contact.state() != before.state();
      boolean isWritten = isNews || isDue || isOld(before, now);
      if (isWritten) {
        written.add(before);
      }
      // That it registered once more is safe in the journal, and told again by the next contact.
      isRelaxed &= contact.state() == before.state() && !Enquiries.isOtherLinks(before, contact);
      if (contact.state() != before.state()) {
        changed.add(before);
        happened.add(happened(before, contact));
      }
      Optional<QueuedRequest> reading =
          isDue ? enquiries.reading(before, contact, now) : Optional.empty();
      reading.ifPresent(wanted::add);
      if (isAsked) {
        asked.add(before);
      }
      if (!before.hasRequests() && reading.isEmpty()) {
        idle.add(before.endpoint());
        if (contact.state() != DeviceState.OFFLINE && before.update() == null) {
          calm.put(before.endpoint(), before.after(contact, isWritten, isAsked));
        }
      }
      if (contact.state() == DeviceState.OFFLINE) {
        wishes.drop(before.endpoint());
      } else if (isDue) {
        wishes.fresh(before.endpoint(), enquiries.links(before, contact));
      }
      if (contact.isRegistration() || !before.isReachable()) {
        updates.put(before.endpoint(), Optional.ofNullable(before.update()));
      }
    }
    if (isRelaxed) {
      relaxed();
    }
    write(written, contacts, new HashSet<>(asked));
    words(asked, contacts);
    List<String> ask = wanted.stream().map(QueuedRequest::endpoint).distinct().toList();
    requests.dropWaiting(ask, CapabilityReader.ORIGIN);
    requests.add(wanted);
    AfterCommit.run(
        () -> {
          idle.forEach(e -> requests.empty().nothing(e, stamps.getOrDefault(e, 0)));
          contacts
              .values()
              .forEach(
                  contact ->
                      learn(
                          contact,
                          Optional.ofNullable(calm.get(contact.endpoint())),
                          stamps.getOrDefault(contact.endpoint(), 0)));
        });
    history.add(happened);
    tell(changed, contacts);
    return batch.stream()
        .map(contact -> updates.getOrDefault(contact.endpoint(), Optional.empty()))
        .toList();
  }

  /// Keeps in memory what was found out of a device.
  ///
  /// @param calm the device, if nothing is to be done for it
  private void learn(Contact contact, Optional<Before> calm, int stamp) {
    String endpoint = contact.endpoint();
    if (!contact.isAsked()) {
      calm.ifPresent(before -> steady.add(before, stamp));
    } else if (calm.isEmpty()) {
      // It was believed to be steady, and is not from now on. There may be requests that this
      // process was not told of.
      requests.news(endpoint);
    }
  }

  private static boolean isOld(Before before, Instant now) {
    return before.lastContact() == null || before.lastContact().isBefore(now.minus(FRESH));
  }

  /// How many endpoints there are is kept from the planner: its estimates are then the same for all
  /// batches, and it takes the plan that it has. That one may have been made when nothing
  /// waited and nothing was known: each table is looked up by its index for each device, as the
  /// limits demand.
  private List<Before> before(Set<String> endpoints) {
    return jdbc.sql(
            """
            select d.id, d.tenant, d.endpoint, d.state, d.last_contact, w.links, w.read_at,
              r.is_there is not null, u.id, coalesce(u.reachable, true), d.observed,
              q.is_there is not null
            from device d
            left join lateral (
              select links, read_at from device_word where device = d.id limit 1) w on true
            left join lateral (
              select true as is_there from device_registration
              where endpoint = d.endpoint limit 1) r on true
            left join lateral (
              select id, reachable from device_update
              where device = d.id and ended is null limit 1) u on true
            left join lateral (
              select true as is_there from device_request
              where endpoint = d.endpoint and ended is null order by number limit 1) q on true
            where d.endpoint = any(array(select unnest(:endpoints::text[])))
            order by d.endpoint for no key update of d
            """)
        .param("endpoints", endpoints.toArray(String[]::new))
        .query(
            (row, _) ->
                new Before(
                    row.getObject(1, UUID.class),
                    row.getObject(2, UUID.class),
                    row.getString(3),
                    DeviceState.valueOf(row.getString(4)),
                    instant(row.getTimestamp(5)),
                    same(row.getString(6)),
                    instant(row.getTimestamp(7)),
                    row.getBoolean(8),
                    row.getObject(9, UUID.class),
                    row.getBoolean(10),
                    instant(row.getTimestamp(11)),
                    row.getBoolean(12)))
        .list();
  }

  /// One text for all devices that say the same.
  private @Nullable String same(@Nullable String links) {
    return links == null ? null : sameTexts.of(links);
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }

  private void write(List<Before> devices, Map<String, Contact> contacts, Set<Before> asked) {
    if (devices.isEmpty()) {
      return;
    }
    List<Contact> rows =
        devices.stream().map(d -> Required.value(contacts.get(d.endpoint()))).toList();
    jdbc.sql(
            """
            update device d set state = t.state, last_contact = greatest(d.last_contact, t.at),
              last_registered = case when t.registered > 0 then t.at else d.last_registered end,
              registrations = d.registrations + t.registered,
              observed = case when t.observed then t.at else d.observed end
            from unnest(:endpoints::text[], :states::text[], :times::timestamptz[],
              :registered::integer[], :observed::boolean[])
              as t (endpoint, state, at, registered, observed)
            where d.endpoint = t.endpoint
            """)
        .param("endpoints", rows.stream().map(Contact::endpoint).toArray(String[]::new))
        .param("states", rows.stream().map(c -> c.state().name()).toArray(String[]::new))
        .param(
            "times", rows.stream().map(Contact::at).map(Timestamp::from).toArray(Timestamp[]::new))
        .param("registered", rows.stream().map(Contact::registrations).toArray(Integer[]::new))
        .param("observed", devices.stream().map(asked::contains).toArray(Boolean[]::new))
        .update();
  }

  private void words(List<Before> devices, Map<String, Contact> contacts) {
    List<Before> changed =
        devices.stream()
            .filter(
                d -> {
                  Contact contact = contacts.get(d.endpoint());
                  return contact != null && Enquiries.isOtherLinks(d, contact);
                })
            .toList();
    if (changed.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into device_word (device, links)
            select * from unnest(:devices::uuid[], :links::text[])
            on conflict (device) do update set links = excluded.links
            """)
        .param("devices", changed.stream().map(d -> d.id().toString()).toArray(String[]::new))
        .param(
            "links",
            changed.stream()
                .map(d -> Optional.ofNullable(contacts.get(d.endpoint())).map(Contact::links))
                .map(links -> links.orElse(""))
                .toArray(String[]::new))
        .update();
  }

  private static DeviceHistory.Happened happened(Before device, Contact contact) {
    DeviceState state = contact.state();
    return new DeviceHistory.Happened(
        device.tenant(),
        device.id(),
        state == DeviceState.OFFLINE ? "gone" : "registered",
        switch (state) {
          case OFFLINE -> "its registration ended";
          case SLEEPING -> "it registered, in queue mode";
          case ONLINE, NEVER_SEEN -> "it registered";
        });
  }

  /// Tells of devices whose state is another now.
  private void tell(List<Before> changed, Map<String, Contact> contacts) {
    Map<UUID, Map<String, Map<String, Object>>> gone = new HashMap<>();
    Map<UUID, Map<String, Map<String, Object>>> registered = new HashMap<>();
    for (Before device : changed) {
      DeviceState state = Required.value(contacts.get(device.endpoint())).state();
      (state == DeviceState.OFFLINE ? gone : registered)
          .computeIfAbsent(device.tenant(), _ -> new HashMap<>())
          .put(
              device.id().toString(), Map.of("endpoint", device.endpoint(), "state", state.name()));
    }
    gone.forEach((tenant, all) -> events.publishAll(tenant, "device.gone", all));
    registered.forEach((tenant, all) -> events.publishAll(tenant, "device.registered", all));
    fleet.changedAll(
        changed.stream()
            .map(
                device ->
                    new DeviceChanged(
                        device.tenant(), device.id(), EnumSet.of(DeviceChanged.What.STATE)))
            .toList());
  }

  /// How much waits.
  int waiting() {
    return batches.length();
  }

  @Override
  public void close() {
    batches.close();
  }
}
