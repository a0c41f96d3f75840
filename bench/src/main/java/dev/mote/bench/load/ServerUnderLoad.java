package dev.mote.bench.load;

import dev.mote.fleet.load.HeapJournal;
import dev.mote.module.cbor.Bytes;
import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.Credentials;
import dev.mote.orchestration.gateway.DeviceEvent;
import dev.mote.orchestration.gateway.Gateway;
import dev.mote.orchestration.gateway.GatewaySettings;
import dev.mote.orchestration.gateway.NodePath;
import dev.mote.orchestration.gateway.PackageSource;
import dev.mote.orchestration.gateway.Peer;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.gateway.RequestQueue;
import dev.mote.orchestration.object.ResourcePath;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// A gateway alone, in a process of its own, with its registrations and observations in memory. It
/// is told what to do by lines: `observe`, `push N`, `stats`, `heap`, `quit`. Devices need no
/// security, and nobody looks at what they tell.
public final class ServerUnderLoad implements Credentials, RequestQueue, PackageSource {

  static final int PACKAGE_BYTES = 100_000;

  /// Orders that are on their way at once.
  private static final int MOST_WAITING = 500;

  private static final ResourcePath PACKAGE = new ResourcePath(9, 0, 2);
  private static final NodePath OBSERVED = NodePath.of("/33458/0/7");

  private final Map<String, Queued> waiting = new ConcurrentHashMap<>();
  private final Map<UUID, String> endpoints = new ConcurrentHashMap<>();
  private final Map<String, Boolean> registered = new ConcurrentHashMap<>();
  private final LongAdder measured = new LongAdder();
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final byte[] content = new byte[PACKAGE_BYTES];
  private final String digest;

  private ServerUnderLoad() {
    new Random(1).nextBytes(content);
    digest = Bytes.of(content).sha256().toHex();
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    // What libraries have to say goes elsewhere.
    System.setOut(System.err);
    ServerUnderLoad server = new ServerUnderLoad();
    GatewaySettings settings =
        GatewaySettings.standard("memory", Clock.systemUTC())
            .withCoap(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    try (Gateway gateway =
        Gateway.start(settings, new HeapJournal(), server, server, server, server::told)) {
      out.printf("%d 0 %s%n", gateway.addresses().getFirst().getPort(), server.digest);
      Lines.answer(out, line -> server.answer(gateway, line));
    }
  }

  private String answer(Gateway gateway, String line) {
    String[] words = line.split(" ", -1);
    return switch (words[0]) {
      case "observe" -> {
        Thread.startVirtualThread(
            () -> ask(gateway, Integer.MAX_VALUE, new Request.Observe(OBSERVED)));
        yield "asked";
      }
      case "push" -> {
        ask(gateway, Integer.parseInt(words[1]), new Request.Push(PACKAGE, digest, 0));
        yield "asked";
      }
      case "stats" ->
          "%d %d %d %d".formatted(registered.size(), measured.sum(), succeeded.sum(), failed.sum());
      case "heap" -> Lines.heap();
      case "compiled" -> Lines.compiled();
      default -> "what?";
    };
  }

  private void ask(Gateway gateway, int most, Request request) {
    for (String endpoint : registered.keySet().stream().sorted().limit(most).toList()) {
      while (waiting.size() >= MOST_WAITING) {
        LockSupport.parkNanos(1_000_000);
      }
      UUID id = UUID.randomUUID();
      endpoints.put(id, endpoint);
      Instant expires = Instant.now().plus(Duration.ofHours(1));
      waiting.put(endpoint, new Queued(id, endpoint, request, expires));
      gateway.wake(endpoint);
    }
  }

  private void told(DeviceEvent event) {
    switch (event) {
      case DeviceEvent.Registered(String endpoint, _, _, _, _, _, _) ->
          registered.put(endpoint, true);
      case DeviceEvent.Deregistered(String endpoint) -> registered.remove(endpoint);
      case DeviceEvent.Expired(String endpoint) -> registered.remove(endpoint);
      case DeviceEvent.Measured(_, var measurements) -> measured.add(measurements.size());
      case DeviceEvent.Updated _, DeviceEvent.Answered _, DeviceEvent.Moved _ -> {}
    }
  }

  @Override
  public List<Queued> next(String endpoint, int most) {
    Queued one = waiting.get(endpoint);
    return one == null ? List.of() : List.of(one);
  }

  @Override
  public void answered(UUID id, Answer answer) {
    String endpoint = endpoints.remove(id);
    if (endpoint != null) {
      waiting.remove(endpoint);
      (answer.isSuccess() ? succeeded : failed).increment();
    }
  }

  @Override
  public Optional<Content> open(String sha256) {
    return Optional.of(
        new Content() {
          @Override
          public long size() {
            return content.length;
          }

          @Override
          public void read(long offset, ByteBuffer into) {
            into.put(content, (int) offset, into.remaining());
          }

          @Override
          public void close() {}
        });
  }

  @Override
  public Optional<Psk> byIdentity(String identity) {
    return Optional.empty();
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
    return Optional.of(asked);
  }
}
