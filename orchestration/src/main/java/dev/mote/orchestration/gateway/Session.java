package dev.mote.orchestration.gateway;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.jspecify.annotations.Nullable;

/// What this process keeps in memory of a device that speaks with it. There is one of these for
/// each device: it is small.
final class Session {

  /// How a device is reached.
  record Way(CoapEndpoint door, EndpointContext context) {}

  private static final long CONFIRMED_NANOS = 1_000_000_000L;

  /// Blocks of 1024 bytes, and of 256 for devices that do not hear these.
  private static final int LARGEST_SZX = 6;

  private static final int CAREFUL_SZX = 4;

  final String endpoint;
  private final String registration;
  private final String rootPath;
  private final String version;
  private String identity;
  private boolean queueMode;
  private @Nullable Way way;
  private long awakeUntil;
  private long confirmed;
  private boolean isGreeted;
  private boolean hasWork = true;
  private boolean busy;
  private @Nullable UUID running;
  private boolean cancelled;
  private @Nullable UUID pushed;
  private long pushedBytes;
  private int blockSzx = LARGEST_SZX;
  private boolean tookBlock;
  private boolean ended;
  private @Nullable Future<?> waiting;
  private final List<Observed> observed = new ArrayList<>(1);

  Session(
      String endpoint,
      String registration,
      String identity,
      String rootPath,
      String version,
      boolean queueMode,
      boolean isGreeted) {
    this.endpoint = endpoint;
    this.registration = registration;
    this.rootPath = rootPath;
    this.version = version;
    this.identity = identity;
    this.queueMode = queueMode;
    this.isGreeted = isGreeted;
  }

  String registration() {
    return registration;
  }

  synchronized String identity() {
    return identity;
  }

  /// The registration was updated.
  synchronized void updated(String newIdentity, boolean sleeps) {
    identity = newIdentity;
    queueMode = sleeps;
  }

  /// Where its objects lie; mostly empty.
  String rootPath() {
    return rootPath;
  }

  /// Whether it speaks LwM2M 1.0, which knows nothing of SenML.
  boolean isFirstVersion() {
    return version.equals("1.0");
  }

  synchronized boolean queueMode() {
    return queueMode;
  }

  /// The device said something from there.
  synchronized void heard(CoapEndpoint door, EndpointContext context, long until) {
    Way known = way;
    if (known == null
        || known.door() != door
        || !known.context().getPeerAddress().equals(context.getPeerAddress())
        || context.getPeerIdentity() != known.context().getPeerIdentity()) {
      way =
          new Way(
              door,
              new AddressEndpointContext(
                  context.getPeerAddress(), null, context.getPeerIdentity()));
    }
    awakeUntil = until;
  }

  /// The device was told that it is registered. Before, it may not take a request.
  synchronized void greeted() {
    isGreeted = true;
  }

  /// The journal was told just now that the device speaks with this process.
  synchronized void confirm() {
    confirmed = System.nanoTime();
  }

  synchronized boolean isConfirmed() {
    return confirmed != 0 && System.nanoTime() - confirmed < CONFIRMED_NANOS;
  }

  synchronized void sleeps() {
    awakeUntil = System.nanoTime();
  }

  synchronized @Nullable Way way() {
    return way;
  }

  /// Whether a message from there is one of this device.
  synchronized boolean isFrom(EndpointContext context) {
    if (way == null) {
      return false;
    }
    Principal proved = way.context().getPeerIdentity();
    return proved == null
        ? context.getPeerIdentity() == null
            && way.context().getPeerAddress().equals(context.getPeerAddress())
        : proved.equals(context.getPeerIdentity());
  }

  synchronized boolean isReachable() {
    return way != null && isGreeted && (!queueMode || awakeUntil - System.nanoTime() > 0);
  }

  synchronized void hasWork(boolean has) {
    hasWork = has;
  }

  /// Whether the caller is to serve it: there may be work, and nobody does yet.
  synchronized boolean startsServing() {
    if (busy || !hasWork) {
      return false;
    }
    busy = true;
    hasWork = false;
    return true;
  }

  /// Ends serving.
  ///
  /// @param left whether work was left over
  synchronized void endServing(boolean left) {
    busy = false;
    hasWork |= left;
  }

  synchronized boolean mayHaveWork() {
    return hasWork;
  }

  synchronized void runs(@Nullable UUID request) {
    running = request;
    cancelled = false;
  }

  synchronized void cancel(UUID request) {
    cancelled |= request.equals(running);
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  /// How far a push is, for when it goes on after a sleep.
  synchronized void pushed(UUID request, long bytes) {
    pushed = request;
    pushedBytes = bytes;
  }

  synchronized long pushedBytes(UUID request) {
    return request.equals(pushed) ? pushedBytes : 0;
  }

  /// The size of blocks to begin a push with, as CoAP writes it.
  synchronized int blockSzx() {
    return blockSzx;
  }

  /// A block arrived.
  synchronized void tookBlock() {
    tookBlock = true;
  }

  /// A block was not answered. What is larger than a device's buffer is lost without a word: if no
  /// block ever arrived, the next are smaller; if these are lost as well, it was not their size.
  ///
  /// @return whether smaller blocks are worth a try now
  synchronized boolean triesSmallerBlocks() {
    if (tookBlock) {
      return false;
    }
    boolean wasLarge = blockSzx == LARGEST_SZX;
    blockSzx = wasLarge ? CAREFUL_SZX : LARGEST_SZX;
    return wasLarge;
  }

  synchronized void add(Observed observation) {
    observed.add(observation);
  }

  synchronized void remove(Observed observation) {
    observed.remove(observation);
  }

  synchronized List<Observed> observed() {
    return List.copyOf(observed);
  }

  /// What is under way ends without an answer: another session has taken the place of this.
  synchronized void end() {
    ended = true;
    stopWaiting();
  }

  /// Cancels what waits for the device.
  synchronized void stopWaiting() {
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  synchronized boolean isEnded() {
    return ended;
  }

  /// Something that waits for the device, to be cancelled when this ends.
  synchronized void waitsFor(@Nullable Future<?> answer) {
    waiting = answer;
    if (ended && answer != null) {
      answer.cancel(false);
    }
  }
}
