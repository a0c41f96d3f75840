package dev.mote.fleet;

import dev.mote.fleet.device.DeviceView;
import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Packages;
import dev.mote.fleet.device.Setting;
import dev.mote.fleet.device.Tally;
import dev.mote.fleet.device.VirtualDevice;
import dev.mote.fleet.device.VirtualDevice.State;
import dev.mote.fleet.line.DtlsLine;
import dev.mote.fleet.line.Line;
import dev.mote.fleet.line.Loop;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// Virtual devices that run. What it says of them holds at one moment; they go on meanwhile.
public final class Fleet implements AutoCloseable {

  private static final int COAP_PORT = 5683;
  private static final int COAPS_PORT = 5684;
  private static final long LOOK_MILLIS = 20;
  private static final long PARTING_SECONDS = 10;

  private final FleetSettings settings;
  private final Tally tally = new Tally();
  private final List<Loop> loops = new ArrayList<>();
  private final List<VirtualDevice> devices = new ArrayList<>();
  private volatile Faults faults;
  private boolean isClosed;

  private Fleet(FleetSettings settings) {
    this.settings = settings;
    this.faults = settings.faults();
  }

  /// Starts devices; they register at the rate of the settings.
  public static Fleet start(FleetSettings settings) {
    return start(settings, Clock.systemUTC());
  }

  /// Starts devices that sleep and wake by `clock`; it may be set forward.
  public static Fleet start(FleetSettings settings, Clock clock) {
    Fleet fleet = new Fleet(settings);
    for (int i = 0; i < settings.threads(); i++) {
      fleet.loops.add(Loop.start("fleet-" + i, clock));
    }
    Setting setting =
        new Setting(
            fleet.address(),
            settings.lifetime(),
            settings.update(),
            settings.awake(),
            settings.report(),
            settings.sends(),
            settings.confirms(),
            settings.usual(),
            settings.blockExponent(),
            settings.timing(),
            () -> fleet.faults,
            new Packages(settings.trust(), settings.selfTest()),
            fleet.tally);
    SplittableRandom seeds = new SplittableRandom(settings.seed());
    for (int i = 0; i < settings.devices(); i++) {
      fleet.add(i, setting, seeds.nextLong());
    }
    return fleet;
  }

  private void add(int index, Setting setting, long seed) {
    Loop loop = loops.get(index % loops.size());
    VirtualDevice device =
        new VirtualDevice(
            index,
            settings.endpoint(index),
            settings.profiles().get(index % settings.profiles().size()),
            setting,
            loop,
            listener -> line(index, loop, setting.server(), listener),
            seed);
    devices.add(device);
    long millis = index * 1000L / settings.registrationsPerSecond();
    loop.execute(() -> loop.afterMillis(millis, device::start));
  }

  private Line line(int index, Loop loop, InetSocketAddress server, Line.Listener listener) {
    if (settings.keys().isEmpty()) {
      return loop.udp(server, listener);
    }
    PskKeys keys = settings.keys().get();
    return DtlsLine.open(
        loop, server, keys.identity().apply(index), keys.secret().apply(index), listener);
  }

  private InetSocketAddress address() {
    int usual = settings.keys().isPresent() ? COAPS_PORT : COAP_PORT;
    int port = settings.server().getPort();
    return new InetSocketAddress(settings.server().getHost(), port < 0 ? usual : port);
  }

  /// Counts of what happened so far.
  public Tally tally() {
    return tally;
  }

  /// Changes what goes wrong, from now on; who behaves badly stays as it was.
  public void become(Faults changed) {
    faults = changed;
  }

  /// A handle of a device.
  ///
  /// @param index from 0 on
  public Handle device(int index) {
    return new Handle(devices.get(index));
  }

  public int size() {
    return devices.size();
  }

  /// All devices, as they are now.
  public List<DeviceView> views() {
    return views(VirtualDevice::view);
  }

  private <T> List<T> views(Function<VirtualDevice, T> question) {
    List<CompletableFuture<T>> answers =
        devices.stream().map(device -> on(device, question)).toList();
    return answers.stream().map(CompletableFuture::join).toList();
  }

  /// How many have a registration, asleep or not.
  public long registered() {
    return views().stream()
        .filter(v -> v.state() == State.REGISTERED || v.state() == State.ASLEEP)
        .count();
  }

  /// How many run a module of this version.
  public long running(String version) {
    return views().stream()
        .filter(v -> v.running().filter(m -> m.version().equals(version)).isPresent())
        .count();
  }

  /// Waits until `condition` holds.
  ///
  /// @return whether it did in time
  public boolean await(Duration time, Predicate<Fleet> condition) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!condition.test(this)) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return true;
  }

  private static <T> CompletableFuture<T> on(
      VirtualDevice device, Function<VirtualDevice, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    device
        .loop()
        .execute(
            () -> {
              try {
                answer.complete(question.apply(device));
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  /// Lets all devices tell the server that they go, and ends.
  public void leave() throws InterruptedException {
    devices.forEach(device -> device.loop().execute(() -> device.stop(true)));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PARTING_SECONDS);
    while (System.nanoTime() < end
        && views().stream().anyMatch(view -> view.state() != State.OFF)) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    close();
  }

  /// Ends without a word, as if all power failed.
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    views(VirtualDevice::vanish);
    loops.forEach(Loop::close);
  }

  /// One device of a fleet.
  public static final class Handle {

    private final VirtualDevice device;

    private Handle(VirtualDevice device) {
      this.device = device;
    }

    public DeviceView view() {
      return on(device, VirtualDevice::view).join();
    }

    /// Its power fails, and comes back.
    public void cutPower() {
      run(VirtualDevice::cutPower);
    }

    /// It starts again by itself.
    public void restart() {
      run(VirtualDevice::restart);
    }

    /// It updates its registration now; one that sleeps wakes up.
    public void update() {
      run(VirtualDevice::update);
    }

    /// It is gone for ever.
    public void stop(boolean politely) {
      run(device -> device.stop(politely));
    }

    private void run(Consumer<VirtualDevice> action) {
      on(
              device,
              d -> {
                action.accept(d);
                return d;
              })
          .join();
    }
  }

  /// Runs the command line; see [FleetCommand].
  public static void main(String[] arguments) {
    System.exit(FleetCommand.run(arguments));
  }
}
