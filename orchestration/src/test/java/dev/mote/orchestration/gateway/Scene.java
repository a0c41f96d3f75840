package dev.mote.orchestration.gateway;

import dev.mote.orchestration.gateway.DeviceEvent.Answered;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A gateway with everything around it, which can be started again.
final class Scene implements AutoCloseable, Credentials, PackageSource {

  private static final long PATIENCE_SECONDS = 60;

  final MemoryJournal journal = new MemoryJournal();
  final MemoryQueue queue = new MemoryQueue();
  final BlockingQueue<DeviceEvent> events = new LinkedBlockingQueue<>();
  final List<DeviceEvent> past = new ArrayList<>();
  final Map<String, Psk> keys = new ConcurrentHashMap<>();
  final Set<PublicKey> publicKeys = ConcurrentHashMap.newKeySet();
  final List<X509Certificate> authorities = new ArrayList<>();
  final Map<Peer, String> owners = new ConcurrentHashMap<>();
  final Map<String, byte[]> packages = new ConcurrentHashMap<>();
  volatile boolean isFull;
  volatile Consumer<DeviceEvent> meanwhile = _ -> {};
  GatewaySettings settings;
  private @Nullable Gateway gateway;

  Scene() {
    settings =
        GatewaySettings.standard("node-1", Clock.systemUTC())
            .withCoap(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withTimes(
                new GatewaySettings.Times(
                    Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMillis(150)));
  }

  Scene start() {
    Gateway started = Gateway.start(settings, journal, queue, this, this, this::hear);
    gateway = started;
    // After a restart devices find it where it was.
    if (settings.at().coap().isPresent()) {
      settings = settings.withCoap(started.addresses().getFirst());
    }
    if (settings.at().coaps().isPresent()) {
      settings = settings.withCoaps(started.addresses().getLast());
    }
    return this;
  }

  private void hear(DeviceEvent event) {
    if (isFull && event instanceof DeviceEvent.Measured) {
      throw new BusyException("full");
    }
    meanwhile.accept(event);
    events.add(event);
  }

  Gateway gateway() {
    return Objects.requireNonNull(gateway, "it was not started");
  }

  InetSocketAddress coap() {
    return gateway().addresses().getFirst();
  }

  InetSocketAddress coaps() {
    return gateway().addresses().getLast();
  }

  String pack(byte[] bytes) throws Exception {
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    packages.put(sha256, bytes);
    return sha256;
  }

  UUID ask(String endpoint, Request request) {
    UUID id = UUID.randomUUID();
    queue.add(new RequestQueue.Queued(id, endpoint, request, Instant.now().plusSeconds(3600)));
    gateway().wake(endpoint);
    return id;
  }

  Answer answer(UUID id) throws InterruptedException {
    return await(Answered.class, answered -> answered.requestId().equals(id)).answer();
  }

  Answer.Received received(String endpoint, Request request) throws InterruptedException {
    Answer answer = answer(ask(endpoint, request));
    if (answer instanceof Answer.Received received) {
      return received;
    }
    throw new AssertionError(answer);
  }

  <T extends DeviceEvent> T await(Class<T> kind) throws InterruptedException {
    return await(kind, _ -> true);
  }

  /// The next event of a kind; events that come before it are skipped, and kept in `past`.
  <T extends DeviceEvent> T await(Class<T> kind, Predicate<T> which) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      DeviceEvent event = events.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) {
        throw new AssertionError("no " + kind.getSimpleName() + " came, but " + past);
      }
      past.add(event);
      if (kind.isInstance(event) && which.test(kind.cast(event))) {
        return kind.cast(event);
      }
    }
  }

  @Override
  public Optional<Psk> byIdentity(String identity) {
    return Optional.ofNullable(keys.get(identity));
  }

  @Override
  public boolean knows(PublicKey key) {
    return publicKeys.contains(key);
  }

  @Override
  public List<X509Certificate> authorities() {
    return authorities;
  }

  @Override
  public Optional<String> endpointAllowed(Peer peer, String asked) {
    if (peer instanceof Peer.Unknown) {
      return asked.startsWith("open-") ? Optional.of(asked) : Optional.empty();
    }
    return Optional.ofNullable(owners.get(peer))
        .filter(owned -> asked.isEmpty() || asked.equals(owned));
  }

  @Override
  public Optional<Content> open(String sha256) {
    byte[] bytes = packages.get(sha256);
    return bytes == null
        ? Optional.empty()
        : Optional.of(
            new Content() {
              @Override
              public long size() {
                return bytes.length;
              }

              @Override
              public void read(long offset, ByteBuffer into) {
                into.put(bytes, (int) offset, into.remaining());
              }

              @Override
              public void close() {}
            });
  }

  @Override
  public void close() {
    gateway().close();
  }
}
