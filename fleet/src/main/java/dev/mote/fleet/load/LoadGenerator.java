package dev.mote.fleet.load;

import dev.mote.fleet.coap.CoapMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Devices that send prepared datagrams: each has a socket of its own, and one confirmable message
/// on its way at most. Of one thread.
public final class LoadGenerator implements AutoCloseable {

  private static final int LARGEST_DATAGRAM = 2_048;
  private static final long RESEND_NANOS = 2_000_000_000L;
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final long LOOK_NANOS = 100_000_000L;
  private static final int ID_AT = 2;

  private final String prefix;
  private final int window;
  private final Selector selector;
  private final LoadDevice[] devices;
  private final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST_DATAGRAM);
  private final ByteBuffer in = ByteBuffer.allocateDirect(LARGEST_DATAGRAM);
  private final Packages packages = new Packages();
  private Expected expected = Expected.NOTHING;
  private int outstanding;
  private long completed;
  private long failed;
  private long resent;
  private int observed;
  private IntQueue idle = new IntQueue(1);
  private boolean repeats;

  private LoadGenerator(String prefix, int devices, int window) throws IOException {
    this.prefix = prefix;
    this.window = window;
    this.selector = Selector.open();
    this.devices = new LoadDevice[devices];
  }

  /// What answer is waited for.
  private enum Expected {
    NOTHING,
    CREATED,
    CHANGED,
    DELETED,
    ACKNOWLEDGEMENT
  }

  /// A device: what it sent last and what the server gave it.
  static final class LoadDevice {
    final DatagramChannel channel;
    byte[] datagram = {};
    byte[] notification = {};
    List<String> location = List.of();
    int id;
    int sequence = 1;
    long sentAt;
    boolean isWaiting;

    LoadDevice(DatagramChannel channel) {
      this.channel = channel;
    }
  }

  /// Opens a socket for each device.
  ///
  /// @param window how many messages are on their way at once
  public static LoadGenerator open(
      InetSocketAddress server, int devices, String prefix, int window) {
    try {
      LoadGenerator load = new LoadGenerator(prefix, devices, window);
      for (int i = 0; i < devices; i++) {
        DatagramChannel channel = DatagramChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 14);
        channel.connect(server);
        load.devices[i] = new LoadDevice(channel);
        channel.register(load.selector, SelectionKey.OP_READ, i);
      }
      return load;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String endpoint(int device) {
    return prefix + device;
  }

  /// Registers all devices; what observed them does no more.
  public Figures register() {
    observed = 0;
    for (LoadDevice device : devices) {
      device.notification = new byte[0];
    }
    byte[] links =
        "</>;rt=\"oma.lwm2m\";ct=\"112\",</1/0>,</3/0>,</9/0>,</33457/0>,</33458/0>"
            .getBytes(StandardCharsets.UTF_8);
    return once(
        Expected.CREATED,
        i ->
            CoapMessage.of(CoapMessage.CON, CoapMessage.POST, 0, token(i))
                .path("rd")
                .option(CoapMessage.CONTENT_FORMAT, 40)
                .option(CoapMessage.URI_QUERY, "lwm2m=1.1")
                .option(CoapMessage.URI_QUERY, "ep=" + endpoint(i))
                .option(CoapMessage.URI_QUERY, "lt=86400")
                .option(CoapMessage.URI_QUERY, "b=U")
                .payload(links));
  }

  /// Updates all registrations.
  public Figures update() {
    return once(Expected.CHANGED, i -> located(CoapMessage.POST, i));
  }

  /// Ends all registrations.
  public Figures deregister() {
    return once(Expected.DELETED, i -> located(CoapMessage.DELETE, i));
  }

  private CoapMessage located(int code, int device) {
    CoapMessage message = CoapMessage.of(CoapMessage.CON, code, 0, token(device));
    devices[device].location.forEach(part -> message.option(CoapMessage.URI_PATH, part));
    return message;
  }

  private static byte[] token(int device) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(device).array();
  }

  /// Answers until all devices are observed.
  public boolean awaitObservations() {
    return serve(() -> observed == devices.length);
  }

  /// Answers until this many packages arrived, each as `sha256` says.
  public boolean awaitPackages(int count, String sha256) {
    return serve(() -> packages.complete(sha256) >= count);
  }

  /// How many packages arrived otherwise than they should.
  public int damaged(String sha256) {
    return packages.damaged(sha256);
  }

  /// Answers until something is so that others bring about.
  ///
  /// @return whether it came to be in time
  public boolean serveUntil(BooleanSupplier isDone, Duration time) {
    expected = Expected.NOTHING;
    long end = System.nanoTime() + time.toNanos();
    while (!isDone.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      long next = System.nanoTime() + LOOK_NANOS;
      while (System.nanoTime() < next) {
        pump(20);
      }
    }
    return true;
  }

  private boolean serve(BooleanSupplier isDone) {
    expected = Expected.NOTHING;
    long last = System.nanoTime();
    long before = 0;
    while (!isDone.getAsBoolean()) {
      pump(100);
      long moved = packages.blocks() + observed;
      if (moved != before) {
        before = moved;
        last = System.nanoTime();
      } else if (System.nanoTime() - last > PATIENCE_NANOS) {
        return false;
      }
    }
    return true;
  }

  /// Sends confirmable notifications of all devices in turn, for a while.
  public Figures notifyFor(Duration time) {
    start(Expected.ACKNOWLEDGEMENT, true);
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    while (System.nanoTime() < end) {
      while (outstanding < window && !idle.isEmpty()) {
        sendNotification(idle.remove());
      }
      pump(10);
      resendLate();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    long counted = completed;
    repeats = false;
    drain();
    return new Figures(counted, failed, resent, seconds);
  }

  private Figures once(Expected answer, IntFunction<CoapMessage> messages) {
    for (int i = 0; i < devices.length; i++) {
      devices[i].datagram = messages.apply(i).bytes();
    }
    start(answer, false);
    long begin = System.nanoTime();
    int sent = 0;
    while (completed + failed < devices.length && System.nanoTime() - begin < PATIENCE_NANOS) {
      while (outstanding < window && sent < devices.length) {
        send(sent++);
      }
      pump(10);
      resendLate();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    failed = devices.length - completed;
    return new Figures(completed, failed, resent, seconds);
  }

  private void start(Expected answer, boolean again) {
    expected = answer;
    repeats = again;
    completed = 0;
    failed = 0;
    resent = 0;
    outstanding = 0;
    idle = new IntQueue(devices.length);
    for (int i = 0; i < devices.length; i++) {
      devices[i].isWaiting = false;
      idle.add(i);
    }
  }

  private void drain() {
    long end = System.nanoTime() + RESEND_NANOS;
    while (outstanding > 0 && System.nanoTime() < end) {
      pump(10);
    }
  }

  private void send(int index) {
    LoadDevice device = devices[index];
    device.id = device.id + 1 & 0xffff;
    device.datagram[ID_AT] = (byte) (device.id >> 8);
    device.datagram[ID_AT + 1] = (byte) device.id;
    device.isWaiting = true;
    outstanding++;
    transmit(device);
  }

  private void sendNotification(int index) {
    LoadDevice device = devices[index];
    device.datagram = device.notification;
    device.sequence++;
    Notification.sequence(device.datagram, device.sequence);
    send(index);
  }

  private void transmit(LoadDevice device) {
    device.sentAt = System.nanoTime();
    out.clear().put(device.datagram).flip();
    write(device);
  }

  private void write(LoadDevice device) {
    try {
      device.channel.write(out);
    } catch (IOException e) {
      // It is sent again later.
    }
  }

  private long nextLook;

  private void resendLate() {
    long now = System.nanoTime();
    if (now < nextLook) {
      return;
    }
    nextLook = now + RESEND_NANOS / 8;
    for (LoadDevice device : devices) {
      if (device.isWaiting && now - device.sentAt > RESEND_NANOS) {
        resent++;
        transmit(device);
      }
    }
  }

  private void pump(long millis) {
    try {
      if (outstanding < window && !idle.isEmpty() && repeats) {
        selector.selectNow(this::ready);
      } else {
        selector.select(this::ready, millis);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ready(SelectionKey key) {
    int index = (Integer) key.attachment();
    LoadDevice device = devices[index];
    try {
      in.clear();
      if (device.channel.read(in) > 0) {
        in.flip();
        arrived(index, device);
      }
    } catch (IOException e) {
      // The server is not there now; what was sent is sent again later.
    }
  }

  private void arrived(int index, LoadDevice device) {
    int head = in.get(0) & 0xff;
    int code = in.get(1) & 0xff;
    boolean isRequest = code > 0 && code < CoapMessage.code(2, 0);
    if (isRequest) {
      CoapMessage.parse(in).ifPresent(request -> answer(index, device, request));
    } else if (device.isWaiting && (in.getShort(ID_AT) & 0xffff) == device.id) {
      boolean isReset = (head >> 4 & 3) == CoapMessage.RST;
      settle(index, device, isReset ? -1 : code);
    }
  }

  private void settle(int index, LoadDevice device, int code) {
    boolean isRight =
        switch (expected) {
          case NOTHING -> false;
          case CREATED -> code == CoapMessage.code(2, 1);
          case CHANGED -> code == CoapMessage.code(2, 4);
          case DELETED -> code == CoapMessage.code(2, 2);
          case ACKNOWLEDGEMENT -> code == CoapMessage.EMPTY;
        };
    if (!isRight && code == CoapMessage.EMPTY) {
      // The response comes by itself, which this generator does not count.
      return;
    }
    device.isWaiting = false;
    outstanding--;
    if (isRight) {
      completed++;
    } else {
      failed++;
    }
    if (expected == Expected.CREATED && isRight) {
      CoapMessage.parse(in).ifPresent(m -> device.location = m.texts(CoapMessage.LOCATION_PATH));
    }
    if (repeats) {
      idle.add(index);
    }
  }

  private void answer(int index, LoadDevice device, CoapMessage request) {
    @Nullable CoapMessage answer = null;
    if (request.code() == CoapMessage.GET && request.number(CoapMessage.OBSERVE).orElse(1) == 0) {
      if (device.notification.length == 0) {
        observed++;
      }
      device.notification = Notification.of(request.token());
      answer = Notification.first(request);
    } else {
      answer =
          Readings.answer(request)
              .or(() -> packages.take(index, request))
              .orElseGet(
                  () ->
                      CoapMessage.of(
                          CoapMessage.ACK, CoapMessage.code(4, 4), request.id(), request.token()));
    }
    out.clear().put(answer.bytes()).flip();
    write(device);
  }

  @Override
  public void close() {
    try {
      for (LoadDevice device : devices) {
        device.channel.close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
