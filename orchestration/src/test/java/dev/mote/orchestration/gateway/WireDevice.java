package dev.mote.orchestration.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// A device that is a socket: a test says each byte of it.
final class WireDevice implements AutoCloseable {

  private static final int LINKS = 40;
  private static final int POST = 2;

  private final DatagramSocket socket;
  private final InetSocketAddress server;
  private final BlockingQueue<WireMessage> answers = new LinkedBlockingQueue<>();

  /// All requests that came, and other messages that are no answers.
  final List<WireMessage> heard = new CopyOnWriteArrayList<>();

  /// Everything that came, in order.
  final List<WireMessage> all = new CopyOnWriteArrayList<>();

  private final Map<Integer, List<WireMessage>> answered = new HashMap<>();
  private volatile Function<WireMessage, List<WireMessage>> behaviour;
  private int nextId = 1;
  String location = "";

  WireDevice(InetSocketAddress server) throws IOException {
    this.server = server;
    this.socket = new DatagramSocket(0, server.getAddress());
    this.behaviour = request -> List.of(answer(request, 404));
    Thread.ofPlatform().daemon().start(this::listen);
  }

  /// Says these messages for each request.
  void behaves(Function<WireMessage, List<WireMessage>> messages) {
    behaviour = messages;
  }

  /// An acknowledgement with an answer in it.
  static WireMessage answer(WireMessage request, int code) {
    return new WireMessage(WireMessage.ACK, code, request.id, request.token);
  }

  /// An acknowledgement alone.
  static WireMessage acknowledgement(WireMessage request) {
    return new WireMessage(WireMessage.ACK, 0, request.id, new byte[0]);
  }

  private void listen() {
    byte[] buffer = new byte[2048];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        WireMessage message = WireMessage.of(Arrays.copyOf(buffer, packet.getLength()));
        all.add(message);
        if (message.isRequest()) {
          heard.add(message);
          answers(message).forEach(this::send);
        } else if (message.code != 0) {
          answers.add(message);
        } else {
          heard.add(message);
        }
      }
    } catch (IOException _) {
      // It was closed.
    }
  }

  /// A message that comes once more is answered as the first was (RFC 7252, 4.5).
  private List<WireMessage> answers(WireMessage request) {
    List<WireMessage> former = answered.get(request.id);
    if (former != null) {
      return former;
    }
    List<WireMessage> now = behaviour.apply(request);
    if (!now.isEmpty()) {
      answered.put(request.id, now);
    }
    return now;
  }

  void send(WireMessage message) {
    byte[] bytes = message.bytes();
    try {
      socket.send(new DatagramPacket(bytes, bytes.length, server));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized int freshId() {
    return nextId++;
  }

  /// Sends a request, and waits for its answer.
  WireMessage call(WireMessage request) throws InterruptedException {
    send(request);
    WireMessage answer = answers.poll(60, TimeUnit.SECONDS);
    if (answer == null || !Arrays.equals(answer.token, request.token)) {
      throw new AssertionError("no answer to " + request + ", but " + answer);
    }
    return answer;
  }

  WireMessage post(String path, byte... token) {
    WireMessage request = new WireMessage(WireMessage.CON, POST, freshId(), token);
    for (String segment : path.substring(1).split("/")) {
      request.with(WireMessage.URI_PATH, segment);
    }
    return request;
  }

  /// Registers.
  ///
  /// @param query joined with ampersands
  WireMessage register(String query, String links, byte... token) throws InterruptedException {
    WireMessage request = post("/rd", token).with(WireMessage.CONTENT_FORMAT, LINKS).text(links);
    for (String one : query.split("&")) {
      request.with(WireMessage.URI_QUERY, one);
    }
    WireMessage answer = call(request);
    location = answer.path(WireMessage.LOCATION_PATH);
    return answer;
  }

  /// Requests that came for a path.
  List<WireMessage> heard(String path) {
    List<WireMessage> found = new ArrayList<>();
    for (WireMessage message : heard) {
      if (message.isRequest() && message.path(WireMessage.URI_PATH).equals(path)) {
        found.add(message);
      }
    }
    return found;
  }

  @Override
  public void close() {
    socket.close();
  }
}
