package dev.mote.orchestration.gateway;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.eclipse.californium.core.network.deduplication.Deduplicator;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.jspecify.annotations.Nullable;

/// Remembers the last messages of each device, so that one that comes twice is answered twice and
/// done once (RFC 7252, section 4.5).
///
/// Californium's own keeps the whole exchange, some 2 kB, for minutes; what is needed of one that
/// was answered are the bytes of the answer.
final class LastMessages implements Deduplicator {

  /// A device has one message on its way (NSTART), and the network may hold up some of the former.
  private static final int PER_PEER = 4;

  private static final long SWEEP_SECONDS = 5;

  private final long lifetimeNanos;
  private final Map<Object, Peer> peers = new ConcurrentHashMap<>();
  private @Nullable ScheduledExecutorService executor;
  private @Nullable ScheduledFuture<?> sweep;

  /// @param lifetimeNanos how long an id is not used again (EXCHANGE_LIFETIME)
  LastMessages(long lifetimeNanos) {
    this.lifetimeNanos = lifetimeNanos;
  }

  /// What is known of one device.
  private static final class Peer {

    private final int[] ids = new int[PER_PEER];

    /// An exchange; the bytes of the answer where it is done.
    private final @Nullable Object[] kept = new Object[PER_PEER];

    private int next;
    private long heard;

    int find(int id) {
      for (int i = 0; i < PER_PEER; i++) {
        if (kept[i] != null && ids[i] == id) {
          return i;
        }
      }
      return -1;
    }

    void add(int id, Exchange exchange) {
      shrink();
      ids[next] = id;
      kept[next] = exchange;
      next = (next + 1) % PER_PEER;
    }

    /// An acknowledgement that carries the answer was sent: the rest of the exchange is not needed.
    void shrink() {
      for (int i = 0; i < PER_PEER; i++) {
        if (kept[i] instanceof Exchange exchange && !exchange.isOfLocalOrigin()) {
          Response answer = exchange.getCurrentResponse();
          boolean isSent =
              answer != null
                  && answer.getType() == Type.ACK
                  && exchange.getSendNanoTimestamp() != 0;
          if (answer != null && isSent && answer.getBytes() != null) {
            kept[i] = answer.getBytes();
          }
        }
      }
    }
  }

  @Override
  public @Nullable Exchange findPrevious(KeyMID key, Exchange exchange) {
    Peer peer = peers.computeIfAbsent(key.getPeer(), _ -> new Peer());
    synchronized (peer) {
      long now = System.nanoTime();
      boolean isOld = now - peer.heard > lifetimeNanos;
      peer.heard = now;
      int at = isOld ? -1 : peer.find(key.getMID());
      if (at < 0) {
        peer.add(key.getMID(), exchange);
        return null;
      }
      Object kept = peer.kept[at];
      if (kept instanceof Exchange former && former.getOrigin() == exchange.getOrigin()) {
        return former;
      }
      if (kept instanceof byte[] answer && !exchange.isOfLocalOrigin()) {
        return answered(exchange, answer);
      }
      peer.kept[at] = exchange;
      return null;
    }
  }

  /// The exchange of a request that came again, as if its answer had just been sent.
  private static Exchange answered(Exchange exchange, byte[] answer) {
    Response response = (Response) new UdpDataParser().parseMessage(answer);
    response.setDestinationContext(exchange.getRequest().getSourceContext());
    // In order before the request comes again, which is brought to the same executor.
    exchange.execute(
        () -> {
          exchange.setCurrentResponse(response);
          exchange.setSendNanoTimestamp(exchange.getRequest().getNanoTimestamp() - 1);
        });
    return exchange;
  }

  @Override
  public boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
    Peer peer = peers.computeIfAbsent(key.getPeer(), _ -> new Peer());
    synchronized (peer) {
      int at = peer.find(key.getMID());
      if (at < 0) {
        peer.add(key.getMID(), exchange);
      } else {
        peer.kept[at] = exchange;
      }
      return true;
    }
  }

  @Override
  public @Nullable Exchange find(KeyMID key) {
    Peer peer = peers.get(key.getPeer());
    if (peer == null) {
      return null;
    }
    synchronized (peer) {
      int at = peer.find(key.getMID());
      return at >= 0 && peer.kept[at] instanceof Exchange exchange ? exchange : null;
    }
  }

  @Override
  public synchronized void start() {
    if (executor != null && sweep == null) {
      sweep =
          executor.scheduleWithFixedDelay(
              this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }
  }

  /// Shrinks what is done, and forgets devices that have been silent for long.
  void sweep() {
    long now = System.nanoTime();
    for (Iterator<Peer> all = peers.values().iterator(); all.hasNext(); ) {
      Peer peer = all.next();
      synchronized (peer) {
        if (now - peer.heard > lifetimeNanos) {
          all.remove();
        } else {
          peer.shrink();
        }
      }
    }
  }

  @Override
  public synchronized void stop() {
    if (sweep != null) {
      sweep.cancel(false);
      sweep = null;
    }
    clear();
  }

  @Override
  public synchronized void setExecutor(ScheduledExecutorService threads) {
    executor = threads;
  }

  @Override
  public boolean isEmpty() {
    return peers.isEmpty();
  }

  @Override
  public int size() {
    return peers.size();
  }

  @Override
  public void clear() {
    peers.clear();
  }
}
