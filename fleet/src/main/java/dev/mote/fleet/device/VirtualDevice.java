package dev.mote.fleet.device;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.content.Entry;
import dev.mote.fleet.content.Format;
import dev.mote.fleet.content.SenmlCbor;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.line.FaultyLine;
import dev.mote.fleet.line.Line;
import dev.mote.fleet.line.Loop;
import dev.mote.fleet.line.Timer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A device that speaks LwM2M 1.1: it registers, keeps its registration, answers, takes packages,
/// sleeps, and fails in the ways that it is made for. Everything here happens on the thread of its
/// loop.
public final class VirtualDevice {

  /// The version of the firmware before it is updated.
  static final String FIRMWARE = "1.0.0";

  private static final long RESTART_MILLIS = 3_000;
  private static final int GARBAGE_BYTES = 24;

  private final int index;
  private final String endpoint;
  private final Profile profile;
  private final Behaviour behaviour;
  private final Setting setting;
  private final Loop loop;
  private final SplittableRandom random;
  private final Conversation conversation;
  private final FaultyLine line;
  private final Observations observations = new Observations(this);
  private final ModuleSlots slots = new ModuleSlots();
  private final UpdateSlot software = new UpdateSlot(this, UpdateKind.SOFTWARE);
  private final UpdateSlot firmware = new UpdateSlot(this, UpdateKind.FIRMWARE);

  private final Resources resources = new Resources(this);
  private final Registration registration;

  private boolean isGone;
  private @Nullable Timer measurement;

  /// @param lines opens the way to the server
  /// @param seed of everything that happens by chance to this device
  public VirtualDevice(
      int index,
      String endpoint,
      Profile profile,
      Setting setting,
      Loop loop,
      Function<Line.Listener, Line> lines,
      long seed) {
    this.index = index;
    this.endpoint = endpoint;
    this.profile = profile;
    this.setting = setting;
    this.loop = loop;
    this.random = new SplittableRandom(seed);
    this.behaviour = setting.faults().get().behaviour(random.nextDouble());
    this.line = new FaultyLine(loop, () -> setting.faults().get().network(), random, this::arrived);
    this.line.over(lines.apply(line));
    this.conversation =
        new Conversation(loop, setting.timing(), random, line::send, new Questions(this)::answer);
    this.registration = new Registration(this);
  }

  /// Where a device is in its life.
  public enum State {
    OFF,
    REGISTERING,
    REGISTERED,
    ASLEEP
  }

  /// Gives it power.
  public void start() {
    if (registration.state() == State.OFF && !isGone) {
      registration.register();
      if (behaviour == Behaviour.RESTARTS) {
        loop.afterMillis(RESTART_MILLIS + random.nextLong(RESTART_MILLIS), this::restart);
      }
      setting.report().ifPresent(this::measureAfter);
    }
  }

  /// Takes it off the network for ever; with `politely`, it tells the server.
  public void stop(boolean politely) {
    if (politely) {
      registration.end(this::off);
    } else {
      off();
    }
  }

  /// Takes it off the network for ever, without a word.
  public boolean vanish() {
    off();
    return true;
  }

  private void off() {
    isGone = true;
    darken();
    line.close();
  }

  /// The power fails, and comes back when the device has started again.
  public void cutPower() {
    count(Event.POWER_CUT);
    boot();
  }

  /// It starts again by itself.
  public void restart() {
    count(Event.RESTARTED);
    boot();
  }

  private void boot() {
    software.cutPower();
    firmware.cutPower();
    observations.clear();
    darken();
    loop.afterMillis(setting.timing().boot().toMillis(), this::start);
  }

  /// What was going on goes on no more.
  private void darken() {
    conversation.reset();
    registration.forget();
    if (measurement != null) {
      measurement.cancel();
      measurement = null;
    }
  }

  /// Tells the server that it is there.
  public void update() {
    registration.update();
  }

  private void measureAfter(Duration time) {
    measurement = loop.afterDeviceMillis(time.toMillis(), this::measure);
  }

  private void measure() {
    measureAfter(setting.report().orElseThrow());
    if (slots.infer() && isListening()) {
      int slot = slots.active();
      changed(ModuleSlots.OBJECT, slot, ModuleSlots.INFERENCES);
      if (setting.sends() && registration.state() == State.REGISTERED) {
        List<Entry> values =
            resources.read(List.of(ModuleSlots.OBJECT, slot, ModuleSlots.INFERENCES));
        count(Event.SENT);
        CoapMessage message =
            conversation
                .confirmable(CoapMessage.POST)
                .path("dp")
                .option(CoapMessage.CONTENT_FORMAT, Format.SENML_CBOR.number())
                .payload(SenmlCbor.encode(values, loop.clock().millis() / 1000.0));
        conversation.request(message, _ -> {});
      }
    }
  }

  private void arrived(byte[] datagram) {
    if (!isListening()) {
      return;
    }
    Optional<CoapMessage> message = CoapMessage.parse(ByteBuffer.wrap(datagram));
    if (message.isEmpty()) {
      return;
    }
    if (message.get().isRequest()) {
      count(Event.REQUEST);
      if (behaviour == Behaviour.SILENT) {
        return;
      }
      if (behaviour == Behaviour.SENDS_GARBAGE) {
        garbage(message.get());
        return;
      }
    }
    registration.heard();
    conversation.arrived(message.get());
  }

  /// Bytes without a meaning, or a response whose payload has none.
  private void garbage(CoapMessage request) {
    byte[] bytes = new byte[GARBAGE_BYTES];
    random.nextBytes(bytes);
    line.send(bytes);
    if (random.nextBoolean()) {
      CoapMessage answer =
          CoapMessage.of(CoapMessage.ACK, CoapMessage.code(2, 5), request.id(), request.token());
      answer.option(CoapMessage.CONTENT_FORMAT, Format.TLV.number()).payload(bytes);
      line.send(answer.bytes());
    }
  }

  boolean isListening() {
    return registration.state() == State.REGISTERED || registration.state() == State.REGISTERING;
  }

  /// A value has changed.
  void changed(int object, int instance, int resource) {
    observations.changed(object, instance, resource);
  }

  boolean happens(double share) {
    return share > 0 && random.nextDouble() < share;
  }

  /// Whether a module of this version fails here; the same whenever it is asked.
  boolean failsSelfTest(String version) {
    double lot = new SplittableRandom(index * 31L + version.hashCode()).nextDouble();
    return setting.faults().get().failsSelfTest(lot, version);
  }

  /// The largest package that it can store.
  long room() {
    return profile.flashFreeBytes();
  }

  void count(Event event) {
    setting.tally().count(event);
  }

  /// What can be seen of it from outside.
  public DeviceView view() {
    return new DeviceView(
        index,
        endpoint,
        behaviour,
        registration.state(),
        String.join("/", registration.location()),
        software.stateNumber(),
        software.resultNumber(),
        software.installedVersion(),
        firmware.stateNumber(),
        firmware.resultNumber(),
        firmware.installedVersion(),
        slots.running(),
        slots.installations(),
        observations.size());
  }

  SplittableRandom random() {
    return random;
  }

  Behaviour behaviour() {
    return behaviour;
  }

  Profile profile() {
    return profile;
  }

  Setting setting() {
    return setting;
  }

  public String endpoint() {
    return endpoint;
  }

  public Loop loop() {
    return loop;
  }

  Conversation conversation() {
    return conversation;
  }

  Observations observations() {
    return observations;
  }

  ModuleSlots slots() {
    return slots;
  }

  UpdateSlot slot(UpdateKind kind) {
    return kind == UpdateKind.SOFTWARE ? software : firmware;
  }

  Resources resources() {
    return resources;
  }

  Registration registration() {
    return registration;
  }
}
