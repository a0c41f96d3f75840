package dev.mote.fleet.device;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.line.Loop;
import dev.mote.fleet.line.Timer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A device's end of CoAP towards its server (RFC 7252, section 4): one confirmable message at a
/// time is on its way, sent again until it is acknowledged; requests that come twice are answered
/// twice and done once.
final class Conversation {

  private static final int REMEMBERED = 8;
  private static final int MOST_WAITING = 32;
  private static final double RANDOM_FACTOR = 0.5;

  /// How long a response that was promised is waited for, in times of the first acknowledgement.
  private static final int SEPARATE_RESPONSE = 20;

  private final Loop loop;
  private final Timing timing;
  private final RandomGenerator random;
  private final Consumer<byte[]> line;
  private final Function<CoapMessage, Optional<CoapMessage>> requests;
  private final Deque<Outgoing> waiting = new ArrayDeque<>(2);
  private @Nullable Outgoing current;
  private int nextId;
  private int nextToken;
  private int @Nullable [] answeredIds;
  private byte @Nullable [][] answers;
  private int remembered;
  private int lastConfirmed = -1;

  /// @param line takes datagrams
  /// @param requests answers requests; nothing to be silent
  Conversation(
      Loop loop,
      Timing timing,
      RandomGenerator random,
      Consumer<byte[]> line,
      Function<CoapMessage, Optional<CoapMessage>> requests) {
    this.loop = loop;
    this.timing = timing;
    this.random = random;
    this.line = line;
    this.requests = requests;
    this.nextId = random.nextInt(1 << 16);
    this.nextToken = random.nextInt();
  }

  /// A message that is to be acknowledged.
  private static final class Outgoing {
    private final Supplier<Optional<CoapMessage>> source;
    private final Consumer<Optional<CoapMessage>> done;
    private final Object key;
    private @Nullable CoapMessage message;
    private byte @Nullable [] bytes;
    private int sent;
    private long wait;
    private boolean isAcknowledged;
    private @Nullable Timer timer;

    Outgoing(
        Supplier<Optional<CoapMessage>> source, Consumer<Optional<CoapMessage>> done, Object key) {
      this.source = source;
      this.done = done;
      this.key = key;
    }
  }

  /// A confirmable request with an id and a token.
  CoapMessage confirmable(int code) {
    return CoapMessage.of(CoapMessage.CON, code, id(), token());
  }

  int id() {
    return nextId++;
  }

  private byte[] token() {
    int value = nextToken++;
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  /// Sends a request; `done` gets its response, or nothing when none comes.
  void request(CoapMessage message, Consumer<Optional<CoapMessage>> done) {
    enqueue(new Outgoing(() -> Optional.of(message), done, message));
  }

  /// Sends a confirmable notification that is made when its turn comes; one that waits already for
  /// the same `key` is enough.
  ///
  /// @param done gets the acknowledgement or reset, or nothing when none comes
  void notification(
      Object key, Supplier<Optional<CoapMessage>> message, Consumer<Optional<CoapMessage>> done) {
    if (waiting.stream().noneMatch(other -> other.key.equals(key))) {
      enqueue(new Outgoing(message, done, key));
    }
  }

  void send(CoapMessage message) {
    line.accept(message.bytes());
  }

  /// Whether something is on its way that an answer is waited for.
  boolean isBusy() {
    return current != null || !waiting.isEmpty();
  }

  /// Forgets everything, as a device does that starts anew.
  void reset() {
    if (current != null && current.timer != null) {
      current.timer.cancel();
    }
    current = null;
    waiting.clear();
    answeredIds = null;
    answers = null;
  }

  private void enqueue(Outgoing outgoing) {
    if (waiting.size() < MOST_WAITING) {
      waiting.add(outgoing);
      next();
    }
  }

  private void next() {
    while (current == null && !waiting.isEmpty()) {
      Outgoing next = waiting.remove();
      Optional<CoapMessage> message = next.source.get();
      if (message.isPresent()) {
        current = next;
        next.message = message.get();
        next.bytes = message.get().bytes();
        double factor = 1 + random.nextDouble() * RANDOM_FACTOR;
        next.wait = (long) (timing.acknowledgement().toMillis() * factor);
        transmit(next);
      }
    }
  }

  private void transmit(Outgoing outgoing) {
    if (outgoing.bytes != null) {
      line.accept(outgoing.bytes);
    }
    outgoing.sent++;
    outgoing.timer = loop.afterMillis(outgoing.wait, () -> late(outgoing));
    outgoing.wait *= 2;
  }

  private void late(Outgoing outgoing) {
    if (outgoing != current) {
      return;
    }
    if (outgoing.isAcknowledged || outgoing.sent > timing.attempts()) {
      finish(outgoing, Optional.empty());
    } else {
      transmit(outgoing);
    }
  }

  private void finish(Outgoing outgoing, Optional<CoapMessage> answer) {
    if (outgoing.timer != null) {
      outgoing.timer.cancel();
    }
    current = null;
    outgoing.done.accept(answer);
    next();
  }

  /// Takes a message of the server.
  void arrived(CoapMessage message) {
    if (message.isRequest()) {
      asked(message);
    } else if (message.isResponse()) {
      responded(message);
    } else if (message.type() == CoapMessage.CON) {
      // A ping.
      send(CoapMessage.empty(CoapMessage.RST, message.id()));
    } else {
      acknowledged(message);
    }
  }

  private void acknowledged(CoapMessage message) {
    Outgoing own = current;
    if (own == null || own.message == null || own.message.id() != message.id()) {
      return;
    }
    if (message.type() == CoapMessage.RST || !own.message.isRequest()) {
      finish(own, Optional.of(message));
    } else if (message.type() == CoapMessage.ACK && !own.isAcknowledged) {
      own.isAcknowledged = true;
      if (own.timer != null) {
        own.timer.cancel();
      }
      long patience = timing.acknowledgement().toMillis() * SEPARATE_RESPONSE;
      own.timer = loop.afterMillis(patience, () -> late(own));
    }
  }

  private void responded(CoapMessage response) {
    Outgoing own = current;
    boolean isOurs =
        own != null
            && own.message != null
            && own.message.isRequest()
            && Arrays.equals(own.message.token(), response.token());
    if (response.type() == CoapMessage.CON) {
      boolean isKnown = isOurs || lastConfirmed == response.id();
      send(CoapMessage.empty(isKnown ? CoapMessage.ACK : CoapMessage.RST, response.id()));
      lastConfirmed = isKnown ? response.id() : lastConfirmed;
    }
    if (isOurs && own != null) {
      finish(own, Optional.of(response));
    }
  }

  private void asked(CoapMessage request) {
    OptionalInt known = rememberedAt(request.id());
    if (known.isPresent()) {
      byte[] answer = answers == null ? null : answers[known.getAsInt()];
      if (answer != null && request.type() == CoapMessage.CON) {
        line.accept(answer);
      }
      return;
    }
    byte[] bytes = requests.apply(request).map(CoapMessage::bytes).orElse(null);
    if (bytes != null) {
      remember(request.id(), bytes);
      line.accept(bytes);
    }
  }

  private OptionalInt rememberedAt(int id) {
    if (answeredIds != null) {
      for (int i = 0; i < Math.min(remembered, REMEMBERED); i++) {
        if (answeredIds[i] == id) {
          return OptionalInt.of(i);
        }
      }
    }
    return OptionalInt.empty();
  }

  private void remember(int id, byte[] answer) {
    if (answeredIds == null || answers == null) {
      answeredIds = new int[REMEMBERED];
      answers = new byte[REMEMBERED][];
      remembered = 0;
    }
    answeredIds[remembered % REMEMBERED] = id;
    answers[remembered % REMEMBERED] = answer;
    remembered++;
  }
}
