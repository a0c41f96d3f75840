package dev.mote.fleet.line;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Clock;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A thread that serves many devices: it waits for their sockets, their timers and for tasks of
/// other threads.
///
/// There are two times. The network's passes as it does: a server resends by its own clock. The
/// devices' is that of the clock given, which a test may set forward by hours; sleep, lifetimes and
/// reboots go by it.
public final class Loop implements AutoCloseable {

  private static final int LARGEST_DATAGRAM = 1 << 16;
  private static final long LONGEST_WAIT_MILLIS = 1_000;

  /// How soon it is noticed that a clock was set.
  private static final long LOOK_AT_CLOCK_MILLIS = 10;

  private final Clock clock;
  private final boolean isRealTime;
  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> ofNetwork = new PriorityQueue<>();
  private final PriorityQueue<Timer> ofDevices = new PriorityQueue<>();
  private final ByteBuffer received = ByteBuffer.allocateDirect(LARGEST_DATAGRAM);
  private final ByteBuffer sent = ByteBuffer.allocateDirect(LARGEST_DATAGRAM);
  private long timers;
  private volatile boolean isOpen = true;

  private Loop(String name, Clock clock) throws IOException {
    this.clock = clock;
    this.isRealTime = clock.equals(Clock.system(clock.getZone()));
    this.selector = Selector.open();
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /// Starts a thread of this name.
  ///
  /// @param clock the time of the devices
  public static Loop start(String name, Clock clock) {
    try {
      Loop loop = new Loop(name, clock);
      loop.thread.start();
      return loop;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs `task` on the loop's thread, soon.
  public void execute(Runnable task) {
    tasks.add(task);
    if (Thread.currentThread() != thread) {
      selector.wakeup();
    }
  }

  /// Runs `task` after a time of the network. On the loop's thread only.
  public Timer afterMillis(long millis, Runnable task) {
    Timer timer = new Timer(networkMillis() + millis, timers++, task);
    ofNetwork.add(timer);
    return timer;
  }

  /// Runs `task` when the devices' clock is `millis` further. On the loop's thread only.
  public Timer afterDeviceMillis(long millis, Runnable task) {
    Timer timer = new Timer(clock.millis() + millis, timers++, task);
    ofDevices.add(timer);
    return timer;
  }

  public Clock clock() {
    return clock;
  }

  /// Opens a socket of a port of its own. On the loop's thread only.
  public Line udp(InetSocketAddress server, Line.Listener listener) {
    try {
      DatagramChannel channel = DatagramChannel.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, LARGEST_DATAGRAM);
      channel.bind(null);
      channel.register(selector, SelectionKey.OP_READ, listener);
      return new Udp(channel, server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    isOpen = false;
    selector.wakeup();
    try {
      thread.join();
      selector.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long networkMillis() {
    return System.nanoTime() / 1_000_000;
  }

  private void run() {
    while (isOpen) {
      try {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        runDue(ofNetwork, networkMillis());
        runDue(ofDevices, clock.millis());
        long wait = waitMillis();
        if (wait <= 0 || !tasks.isEmpty()) {
          selector.selectNow();
        } else {
          selector.select(wait);
        }
        readAll();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    for (SelectionKey key : selector.keys()) {
      try {
        key.channel().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void runDue(PriorityQueue<Timer> timers, long now) {
    for (Timer next = timers.peek(); next != null && next.at() <= now; next = timers.peek()) {
      timers.remove().run();
    }
  }

  private long waitMillis() {
    long wait = LONGEST_WAIT_MILLIS;
    Timer network = ofNetwork.peek();
    if (network != null) {
      wait = Math.min(wait, network.at() - networkMillis());
    }
    Timer device = ofDevices.peek();
    if (device != null) {
      wait = Math.min(wait, isRealTime ? device.at() - clock.millis() : LOOK_AT_CLOCK_MILLIS);
    }
    return wait;
  }

  private void readAll() throws IOException {
    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
    while (keys.hasNext()) {
      SelectionKey key = keys.next();
      keys.remove();
      DatagramChannel channel = (DatagramChannel) key.channel();
      Line.Listener listener = (Line.Listener) key.attachment();
      received.clear();
      while (key.isValid() && channel.receive(received) != null) {
        received.flip();
        byte[] datagram = new byte[received.remaining()];
        received.get(datagram);
        received.clear();
        listener.arrived(datagram);
      }
    }
  }

  /// A socket of a device.
  private final class Udp implements Line {

    private final DatagramChannel channel;
    private final InetSocketAddress server;

    Udp(DatagramChannel channel, InetSocketAddress server) {
      this.channel = channel;
      this.server = server;
    }

    @Override
    public void send(byte[] datagram) {
      sent.clear();
      sent.put(datagram).flip();
      try {
        channel.send(sent, server);
      } catch (IOException e) {
        // A datagram that cannot be sent is lost, as one that was sent may be.
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
