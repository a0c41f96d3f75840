package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.gateway.RequestQueue.Queued;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What every registered device is asked to tell by itself: the values of the objects that are
/// observed.
///
/// This follows from the registration and needs no row of its own in the queue. It is in memory
/// until it is answered; a process that starts, or takes a device over, finds out what is not
/// observed yet ([#find]).
final class Wishes implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofDays(7);
  private static final Duration LONGEST_WRITE = Duration.ofSeconds(15);
  private static final int MOST_AT_ONCE = 256;
  private static final int FAILED = 500;
  private static final int UNAVAILABLE = 503;
  private static final int TOO_MANY = 429;

  /// @param links what the device has
  private record Wish(Queued queued, DeviceLinks links) {}

  private final JdbcClient jdbc;
  private final Clock clock;
  private final DeviceSettings settings;
  private final String node;
  private final EmptyQueues queues;
  private final Memo<DeviceLinks, List<Request>> observing;

  /// Numbers of wishes: the first half is of this process, the second counts.
  private final long process = UUID.randomUUID().getMostSignificantBits();

  private final AtomicLong count = new AtomicLong();
  private final Map<String, Deque<Queued>> waiting = new ConcurrentHashMap<>();
  private final Map<UUID, Wish> wishes = new ConcurrentHashMap<>();
  private final Set<String> doubted = ConcurrentHashMap.newKeySet();
  private final Batches<String, Boolean> unanswered;

  Wishes(JdbcClient jdbc, Clock clock, DeviceSettings settings, String node, EmptyQueues queues) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.settings = settings;
    this.node = node;
    this.queues = queues;
    this.observing = new Memo<>(Enquiries.MOST_LINKS, links -> links.observing(settings));
    this.unanswered = new Batches<>("wishes", MOST_AT_ONCE, LONGEST_WRITE, this::unanswered);
  }

  private List<Boolean> unanswered(List<String> some) {
    jdbc.sql("update device set observed = null where endpoint = any(:endpoints)")
        .param("endpoints", some.stream().sorted().toArray(String[]::new))
        .update();
    return some.stream().map(_ -> true).toList();
  }

  /// What a device was asked to tell it may have forgotten: it is asked for all of it.
  void fresh(String endpoint, DeviceLinks links) {
    drop(endpoint);
    want(endpoint, links, observing.of(links));
  }

  private void want(String endpoint, DeviceLinks links, List<Request> requests) {
    if (requests.isEmpty()) {
      return;
    }
    Instant expires = clock.instant().plus(PATIENCE);
    Deque<Queued> all = new ArrayDeque<>(requests.size());
    for (Request request : requests) {
      all.add(new Queued(freshId(), endpoint, request, expires));
    }
    if (waiting.putIfAbsent(endpoint, all) == null) {
      all.forEach(one -> wishes.put(one.id(), new Wish(one, links)));
    }
  }

  private UUID freshId() {
    return new UUID(process, count.incrementAndGet());
  }

  /// The next wish for a device.
  Optional<Queued> next(String endpoint) {
    Deque<Queued> all = waiting.get(endpoint);
    if (all == null) {
      return Optional.empty();
    }
    synchronized (all) {
      return Optional.ofNullable(all.peek());
    }
  }

  /// Takes out what was answered. A device that could not answer is asked again when it next
  /// updates its registration.
  ///
  /// @return whether it was one of these
  boolean answered(UUID id, Answer answer) {
    Wish wish = wishes.remove(id);
    if (wish == null) {
      return false;
    }
    String endpoint = wish.queued().endpoint();
    if (isPassing(answer)) {
      unanswered.run(endpoint);
      queues.news(endpoint);
    }
    waiting.computeIfPresent(
        endpoint,
        (_, all) -> {
          synchronized (all) {
            if (all.removeIf(one -> one.id().equals(id))) {
              finer(wish, answer).forEach(one -> add(all, wish, one));
            }
            return all.isEmpty() ? null : all;
          }
        });
    return true;
  }

  /// What to ask instead of something that the device does not tell as a whole.
  private static List<Request> finer(Wish wish, Answer answer) {
    return wish.queued().request() instanceof Request.Observe refused
            && answer instanceof Answer.Received received
            && received.code() / 100 == 4
            && !isPassing(answer)
        ? wish.links().finer(refused)
        : List.of();
  }

  private void add(Deque<Queued> all, Wish former, Request request) {
    Queued queued =
        new Queued(freshId(), former.queued().endpoint(), request, former.queued().expires());
    all.add(queued);
    wishes.put(queued.id(), new Wish(queued, former.links()));
  }

  /// A device is gone, or another process's.
  void drop(String endpoint) {
    Deque<Queued> former = waiting.remove(endpoint);
    if (former != null) {
      synchronized (former) {
        former.forEach(one -> wishes.remove(one.id()));
      }
    }
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

  /// A device was another process's before, which may not have asked it everything.
  void doubt(String endpoint) {
    doubted.add(endpoint);
  }

  /// Finds out what is not observed of doubted devices.
  ///
  /// @param wake told the devices that are to be asked
  void findDoubted(Consumer<String> wake) {
    Set<String> some = Set.copyOf(doubted);
    if (!some.isEmpty()) {
      find(some, wake);
      doubted.removeAll(some);
    }
  }

  /// Finds out what is not observed of devices of this process; of all of them for null.
  void find(@Nullable Collection<String> some, Consumer<String> wake) {
    List<String> found = new ArrayList<>();
    jdbc.sql(
            """
            select r.endpoint, w.links, r.observations::text
            from device_registration r join device d on d.endpoint = r.endpoint
            join device_word w on w.device = d.id
            where r.node = :node and w.links is not null
              and (:all or r.endpoint = any(:endpoints))
            """)
        .param("node", node)
        .param("all", some == null)
        .param("endpoints", some == null ? new String[0] : some.toArray(String[]::new))
        .query(
            row -> {
              String observed = row.getString(3);
              DeviceLinks links = DeviceLinks.of(row.getString(2));
              List<Request> missing =
                  links.observing(settings).stream()
                      .filter(request -> !isAmong(request, observed))
                      .toList();
              if (!missing.isEmpty()) {
                want(row.getString(1), links, missing);
                found.add(row.getString(1));
              }
            });
    found.forEach(wake);
  }

  /// Whether the text of observations has a request's path.
  private static boolean isAmong(Request request, String observed) {
    return request instanceof Request.Observe observe
        && observed.contains("\"" + observe.path() + "\"");
  }

  @Override
  public void close() {
    unanswered.close();
  }
}
