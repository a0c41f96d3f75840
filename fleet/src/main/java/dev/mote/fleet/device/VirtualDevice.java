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
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A device that speaks LwM2M 1.1: it registers, keeps its registration, answers, takes packages,
/// sleeps, and fails in
/// the ways that it is made for. Everything here happens on the thread of its loop.
public final class VirtualDevice {

  /// The version of the firmware before it is updated.
  static final String FIRMWARE = "1.0.0";

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
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

  private State state = State.OFF;
  private boolean isGone;
  private List<String> location = List.of();
  private long lifetimeSeconds;
  private Duration pause = FIRST_PAUSE;
  private @Nullable Timer next;
  private @Nullable Timer sleep;
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
    this.lifetimeSeconds = setting.lifetime().toSeconds();
    this.line = new FaultyLine(loop, () -> setting.faults().get().network(), random, this::arrived);
    this.line.over(lines.apply(line));
    this.conversation =
        new Conversation(loop, setting.timing(), random, line::send, new Questions(this)::answer);
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
    if (state == State.OFF && !isGone) {
      register();
      if (behaviour == Behaviour.RESTARTS) {
        loop.afterMillis(RESTART_MILLIS + random.nextLong(RESTART_MILLIS), this::restart);
      }
      setting.report().ifPresent(every -> measurement = afterDevice(every, this::measure));
    }
  }

  /// Takes it off the network for ever; with `politely`, it tells the server.
  public void stop(boolean politely) {
    if (politely && !location.isEmpty() && state != State.OFF) {
      CoapMessage bye = conversation.confirmable(CoapMessage.DELETE);
      location.forEach(segment -> bye.option(CoapMessage.URI_PATH, segment));
      conversation.request(bye, _ -> off());
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
    conversation.reset();
    forget();
    state = State.OFF;
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
    conversation.reset();
    forget();
    state = State.OFF;
    loop.afterMillis(setting.timing().boot().toMillis(), this::start);
  }

  private void forget() {
    for (Timer timer : new Timer[] {next, sleep, measurement}) {
      if (timer != null) {
        timer.cancel();
      }
    }
    next = null;
    sleep = null;
    measurement = null;
  }

  private Timer afterDevice(Duration time, Runnable task) {
    return loop.afterDeviceMillis(time.toMillis(), task);
  }

  private void register() {
    state = State.REGISTERING;
    location = List.of();
    observations.clear();
    CoapMessage message =
        conversation
            .confirmable(CoapMessage.POST)
            .path("rd")
            .option(CoapMessage.CONTENT_FORMAT, Format.LINKS.number())
            .option(CoapMessage.URI_QUERY, "lwm2m=1.1")
            .option(CoapMessage.URI_QUERY, "ep=" + endpoint)
            .option(CoapMessage.URI_QUERY, "lt=" + lifetimeSeconds)
            .option(CoapMessage.URI_QUERY, "b=U")
            .payload(Resources.links().getBytes(StandardCharsets.UTF_8));
    if (setting.awake().isPresent()) {
      message.option(CoapMessage.URI_QUERY, "Q");
    }
    conversation.request(message, this::registered);
  }

  private void registered(Optional<CoapMessage> answer) {
    if (answer.isPresent() && answer.get().code() == CoapMessage.code(2, 1)) {
      count(Event.REGISTERED);
      location = answer.get().texts(CoapMessage.LOCATION_PATH);
      state = State.REGISTERED;
      pause = FIRST_PAUSE;
      again();
      heard();
      return;
    }
    long millis = pause.toMillis() / 2 + random.nextLong(pause.toMillis() / 2 + 1);
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    next = loop.afterMillis(millis, this::register);
  }

  private void again() {
    next = afterDevice(setting.update(), this::update);
  }

  /// Tells the server that it is there.
  public void update() {
    if (next != null) {
      next.cancel();
    }
    if (state == State.OFF || location.isEmpty()) {
      return;
    }
    state = State.REGISTERED;
    CoapMessage message = conversation.confirmable(CoapMessage.POST);
    location.forEach(segment -> message.option(CoapMessage.URI_PATH, segment));
    conversation.request(message, this::updated);
  }

  private void updated(Optional<CoapMessage> answer) {
    if (answer.isPresent() && answer.get().isSuccess()) {
      count(Event.UPDATED_REGISTRATION);
      again();
      heard();
      return;
    }
    // 4.04, or nothing: RFC 7252 knows no more, and LwM2M says to register again.
    count(Event.REGISTRATION_LOST);
    register();
  }

  /// It heard of the server: time to sleep starts anew.
  private void heard() {
    if (setting.awake().isPresent() && state == State.REGISTERED) {
      if (sleep != null) {
        sleep.cancel();
      }
      sleep = afterDevice(setting.awake().get(), this::sleep);
    }
  }

  private void sleep() {
    if (conversation.isBusy()) {
      heard();
    } else {
      state = State.ASLEEP;
    }
  }

  private void measure() {
    measurement = afterDevice(setting.report().orElseThrow(), this::measure);
    if (slots.infer() && isListening()) {
      int slot = slots.active();
      changed(ModuleSlots.OBJECT, slot, ModuleSlots.INFERENCES);
      if (setting.sends() && state == State.REGISTERED) {
        List<Entry> values = read(List.of(ModuleSlots.OBJECT, slot, ModuleSlots.INFERENCES));
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
    heard();
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
    return state == State.REGISTERED || state == State.REGISTERING;
  }

  List<Entry> read(List<Integer> path) {
    return new Resources(this).read(path);
  }

  String discover(List<Integer> path) {
    return new Resources(this).discover(path);
  }

  /// The update object whose package this path is.
  Optional<UpdateSlot> packageAt(List<Integer> path) {
    for (UpdateKind kind : UpdateKind.values()) {
      if (path.equals(List.of(kind.object, 0, kind.content))) {
        return Optional.of(slot(kind));
      }
    }
    return Optional.empty();
  }

  private UpdateSlot slot(UpdateKind kind) {
    return kind == UpdateKind.SOFTWARE ? software : firmware;
  }

  /// Takes what a server writes, but packages in blocks.
  ///
  /// @return the code of the answer
  int write(List<Entry> values) {
    int code = UpdateSlot.BAD_REQUEST;
    for (Entry value : values) {
      code = write(value);
      if (code != UpdateSlot.CHANGED) {
        return code;
      }
    }
    return code;
  }

  private int write(Entry value) {
    for (UpdateKind kind : UpdateKind.values()) {
      if (value.object() == kind.object && value.instance() == 0) {
        if (value.resource() == kind.uri) {
          return slot(kind).writeUri(value.text());
        } else if (value.resource() == kind.content) {
          byte[] bytes = value.bytes();
          return slot(kind).write(bytes, 0, false, OptionalInt.of(bytes.length));
        }
      }
    }
    if (value.object() == Resources.SERVER && value.resource() == Resources.LIFETIME) {
      long seconds = value.number().orElse(0);
      if (seconds > 0) {
        lifetimeSeconds = seconds;
        return UpdateSlot.CHANGED;
      }
      return UpdateSlot.BAD_REQUEST;
    }
    return UpdateSlot.NOT_ALLOWED;
  }

  int execute(List<Integer> path, String arguments) {
    int object = path.get(0);
    int resource = path.get(2);
    for (UpdateKind kind : UpdateKind.values()) {
      if (object == kind.object && path.get(1) == 0) {
        return slot(kind).execute(resource, arguments);
      }
    }
    if (object == Resources.SERVER && resource == Resources.TRIGGER_UPDATE) {
      loop.execute(this::update);
      return UpdateSlot.CHANGED;
    } else if (object == Resources.DEVICE && resource == Resources.REBOOT) {
      loop.execute(this::restart);
      return UpdateSlot.CHANGED;
    }
    return UpdateSlot.NOT_ALLOWED;
  }

  /// Begins to fetch a package.
  Download fetch(String uri, long from, Download.Sink sink) {
    URI parsed = null;
    try {
      parsed = URI.create(uri);
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    String path = parsed == null || parsed.getPath() == null ? "" : parsed.getPath();
    List<String> segments = Arrays.stream(path.split("/", -1)).filter(s -> !s.isEmpty()).toList();
    Download download =
        new Download(conversation, segments, List.of(), from, setting.blockExponent(), sink);
    boolean isCoap =
        parsed != null && ("coap".equals(parsed.getScheme()) || "coaps".equals(parsed.getScheme()));
    loop.execute(
        () -> {
          if (isCoap) {
            download.next();
          } else {
            sink.failed(Outcome.BAD_URI);
          }
        });
    return download;
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
        state,
        String.join("/", location),
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

  UpdateSlot software() {
    return software;
  }

  UpdateSlot firmware() {
    return firmware;
  }

  long lifetimeSeconds() {
    return lifetimeSeconds;
  }
}
