package dev.mote.service.system;

import dev.mote.fleet.coap.CoapMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A device that does only what a test tells it to do, on a socket of its own.
final class ScriptedDevice implements AutoCloseable {

  static final int SENML_JSON = 110;

  private static final int SUCCESS = CoapMessage.code(2, 5);
  private static final long PATIENCE_SECONDS = 20;
  private static final byte[] NO_TOKEN = {};

  private final DatagramSocket socket;
  private final BlockingQueue<CoapMessage> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<CoapMessage> asked = new LinkedBlockingQueue<>();
  private volatile InetSocketAddress server;
  private volatile Function<CoapMessage, @Nullable CoapMessage> script;
  private List<String> location = List.of();
  private int nextId = 100;

  ScriptedDevice(int port) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.script = request -> answer(request, CoapMessage.code(4, 4));
    try {
      socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("scripted").start(this::listen);
  }

  /// How it answers requests; null for no answer.
  void answers(Function<CoapMessage, @Nullable CoapMessage> answers) {
    script = answers;
  }

  /// It speaks with another process from now on.
  void server(int port) {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  static String path(CoapMessage request) {
    return "/" + String.join("/", request.texts(CoapMessage.URI_PATH));
  }

  static boolean observes(CoapMessage request) {
    return request.number(CoapMessage.OBSERVE).orElse(1) == 0;
  }

  static CoapMessage answer(CoapMessage request, int code) {
    return CoapMessage.of(CoapMessage.ACK, code, request.id(), request.token());
  }

  /// Values as SenML in JSON.
  static CoapMessage values(CoapMessage request, String json) {
    return answer(request, SUCCESS)
        .option(CoapMessage.CONTENT_FORMAT, SENML_JSON)
        .payload(json.getBytes(StandardCharsets.UTF_8));
  }

  private void listen() {
    byte[] buffer = new byte[2048];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        CoapMessage.parse(ByteBuffer.wrap(Arrays.copyOf(buffer, packet.getLength())))
            .ifPresent(this::take);
      } catch (IOException e) {
        return;
      }
    }
  }

  private void take(CoapMessage message) {
    if (!message.isRequest()) {
      heard.add(message);
      return;
    }
    CoapMessage answer = script.apply(message);
    asked.add(message);
    if (answer != null) {
      send(answer);
    }
  }

  private void send(CoapMessage message) {
    byte[] bytes = message.bytes();
    try {
      socket.send(new DatagramPacket(bytes, bytes.length, server));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next request that `which` accepts; others are skipped.
  CoapMessage awaitRequest(Function<CoapMessage, Boolean> which) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      CoapMessage next = asked.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new AssertionError("no such request came");
      }
      if (which.apply(next)) {
        return next;
      }
    }
  }

  /// Requests that came and that nobody waited for.
  List<CoapMessage> requests() {
    List<CoapMessage> all = new java.util.ArrayList<>();
    asked.drainTo(all);
    return all;
  }

  /// What comes back for a confirmable message.
  private CoapMessage exchange(CoapMessage message) throws InterruptedException {
    heard.clear();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    send(message);
    while (true) {
      CoapMessage next = heard.poll(2, TimeUnit.SECONDS);
      if (System.nanoTime() > end) {
        throw new AssertionError("no answer came");
      } else if (next == null) {
        send(message);
      } else if (next.id() == message.id()
          && (next.code() != CoapMessage.EMPTY || next.type() == CoapMessage.RST)) {
        return next;
      } else if (next.isResponse() && Arrays.equals(next.token(), message.token())) {
        send(CoapMessage.empty(CoapMessage.ACK, next.id()));
        return next;
      } else if (message.isResponse() && next.id() == message.id()) {
        return next;
      }
    }
  }

  private CoapMessage request(int code) {
    int id = nextId++;
    return CoapMessage.of(CoapMessage.CON, code, id, new byte[] {(byte) (id >> 8), (byte) id});
  }

  /// Registers; the names of its objects as in `</3/0>`.
  void register(String endpoint, String links, String... more) throws InterruptedException {
    CoapMessage message =
        request(CoapMessage.POST)
            .path("rd")
            .option(CoapMessage.CONTENT_FORMAT, 40)
            .option(CoapMessage.URI_QUERY, "lwm2m=1.1")
            .option(CoapMessage.URI_QUERY, "ep=" + endpoint)
            .option(CoapMessage.URI_QUERY, "lt=864000")
            .option(CoapMessage.URI_QUERY, "b=U")
            .payload(links.getBytes(StandardCharsets.UTF_8));
    for (String parameter : more) {
      message.option(CoapMessage.URI_QUERY, parameter);
    }
    CoapMessage answer = exchange(message);
    if (answer.code() != CoapMessage.code(2, 1)) {
      throw new AssertionError("registration refused: " + answer);
    }
    location = answer.texts(CoapMessage.LOCATION_PATH);
  }

  /// Updates its registration.
  ///
  /// @return the code of the answer
  int update() throws InterruptedException {
    return exchange(request(CoapMessage.POST).path(location.toArray(String[]::new))).code();
  }

  /// Notifies with the token of an observation.
  ///
  /// @return whether it was acknowledged, and not reset
  boolean notifies(byte[] token, int sequence, String json) throws InterruptedException {
    CoapMessage message =
        CoapMessage.of(CoapMessage.CON, SUCCESS, nextId++, token)
            .option(CoapMessage.OBSERVE, sequence)
            .option(CoapMessage.CONTENT_FORMAT, SENML_JSON)
            .payload(json.getBytes(StandardCharsets.UTF_8));
    return exchange(message).type() == CoapMessage.ACK;
  }

  @Override
  public void close() {
    socket.close();
  }
}
