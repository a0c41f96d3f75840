package dev.mote.fleet;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.Credentials;
import dev.mote.orchestration.gateway.DeviceEvent;
import dev.mote.orchestration.gateway.Gateway;
import dev.mote.orchestration.gateway.GatewaySettings;
import dev.mote.orchestration.gateway.PackageSource;
import dev.mote.orchestration.gateway.Peer;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.gateway.RequestQueue;
import dev.mote.orchestration.gateway.Secret;
import dev.mote.orchestration.lwm2m.RegistrationJournal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/// Mote's gateway with everything in memory; the key of a device is its name.
final class TestGateway implements Credentials, RequestQueue, PackageSource, AutoCloseable {

  private final Map<UUID, Queued> waiting = new ConcurrentHashMap<>();
  private final Map<String, byte[]> packages = new ConcurrentHashMap<>();
  final Map<UUID, Answer> answers = new ConcurrentHashMap<>();
  final BlockingQueue<DeviceEvent> events = new LinkedBlockingQueue<>();
  private final Gateway gateway;

  TestGateway(RegistrationJournal journal) {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    gateway =
        Gateway.start(
            GatewaySettings.standard("test", Clock.systemUTC())
                .withCoap(anywhere)
                .withCoaps(anywhere)
                .withTimes(
                    new GatewaySettings.Times(
                        Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMillis(200))),
            journal,
            this,
            this,
            this,
            events::add);
  }

  URI coap() {
    return URI.create("coap://127.0.0.1:" + gateway.addresses().getFirst().getPort());
  }

  URI coaps() {
    return URI.create("coaps://127.0.0.1:" + gateway.addresses().getLast().getPort());
  }

  void add(String sha256, byte[] bytes) {
    packages.put(sha256, bytes);
  }

  UUID ask(String endpoint, Request request) {
    UUID id = UUID.randomUUID();
    waiting.put(id, new Queued(id, endpoint, request, Instant.now().plusSeconds(600)));
    gateway.wake(endpoint);
    return id;
  }

  @Override
  public List<Queued> next(String endpoint, int most) {
    return waiting.values().stream()
        .filter(queued -> queued.endpoint().equals(endpoint))
        .limit(most)
        .toList();
  }

  @Override
  public void answered(UUID id, Answer answer) {
    waiting.remove(id);
    answers.put(id, answer);
  }

  @Override
  public Optional<Content> open(String sha256) {
    return Optional.ofNullable(packages.get(sha256)).map(InMemory::new);
  }

  private record InMemory(byte[] bytes) implements Content {
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
  }

  @Override
  public Optional<Psk> byIdentity(String identity) {
    return Optional.of(new Psk(identity, Secret.of(identity.getBytes(StandardCharsets.US_ASCII))));
  }

  @Override
  public boolean knows(PublicKey key) {
    return false;
  }

  @Override
  public List<X509Certificate> authorities() {
    return List.of();
  }

  @Override
  public Optional<String> endpointAllowed(Peer peer, String asked) {
    return peer instanceof Peer.PreShared(String identity)
        ? Optional.of(identity).filter(asked::equals)
        : Optional.of(asked);
  }

  @Override
  public void close() {
    gateway.close();
  }
}
