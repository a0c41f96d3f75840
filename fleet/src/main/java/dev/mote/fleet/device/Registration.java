package dev.mote.fleet.device;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.content.Format;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.device.VirtualDevice.State;
import dev.mote.fleet.line.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A device's registration with its server: made, tried again, kept alive, and slept between.
final class Registration {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final VirtualDevice device;
  private State state = State.OFF;
  private List<String> location = List.of();
  private long lifetimeSeconds;
  private Duration pause = FIRST_PAUSE;
  private @Nullable Timer next;
  private @Nullable Timer sleep;

  Registration(VirtualDevice device) {
    this.device = device;
    this.lifetimeSeconds = device.setting().lifetime().toSeconds();
  }

  State state() {
    return state;
  }

  /// Segments of the path that the server gave it.
  List<String> location() {
    return location;
  }

  long lifetimeSeconds() {
    return lifetimeSeconds;
  }

  /// The server says how long registrations are to last, from the next one on.
  void changeLifetime(long seconds) {
    lifetimeSeconds = seconds;
  }

  void register() {
    state = State.REGISTERING;
    location = List.of();
    device.observations().clear();
    CoapMessage message =
        device
            .conversation()
            .confirmable(CoapMessage.POST)
            .path("rd")
            .option(CoapMessage.CONTENT_FORMAT, Format.LINKS.number())
            .option(CoapMessage.URI_QUERY, "lwm2m=1.1")
            .option(CoapMessage.URI_QUERY, "ep=" + device.endpoint())
            .option(CoapMessage.URI_QUERY, "lt=" + lifetimeSeconds)
            .option(CoapMessage.URI_QUERY, "b=U")
            .payload(Resources.links().getBytes(StandardCharsets.UTF_8));
    if (device.setting().awake().isPresent()) {
      message.option(CoapMessage.URI_QUERY, "Q");
    }
    device.conversation().request(message, this::registered);
  }

  private void registered(Optional<CoapMessage> answer) {
    if (answer.isPresent() && answer.get().code() == CoapMessage.code(2, 1)) {
      device.count(Event.REGISTERED);
      location = answer.get().texts(CoapMessage.LOCATION_PATH);
      state = State.REGISTERED;
      pause = FIRST_PAUSE;
      again();
      heard();
      return;
    }
    long millis = pause.toMillis() / 2 + device.random().nextLong(pause.toMillis() / 2 + 1);
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    next = device.loop().afterMillis(millis, this::register);
  }

  private void again() {
    next = afterDevice(device.setting().update(), this::update);
  }

  /// Tells the server that it is there.
  void update() {
    if (next != null) {
      next.cancel();
    }
    if (state == State.OFF || location.isEmpty()) {
      return;
    }
    state = State.REGISTERED;
    device.conversation().request(message(CoapMessage.POST), this::updated);
  }

  private void updated(Optional<CoapMessage> answer) {
    if (answer.isPresent() && answer.get().isSuccess()) {
      device.count(Event.UPDATED_REGISTRATION);
      again();
      heard();
      return;
    }
    // 4.04, or nothing: RFC 7252 knows no more, and LwM2M says to register again.
    device.count(Event.REGISTRATION_LOST);
    register();
  }

  /// It heard of the server: time to sleep starts anew.
  void heard() {
    if (device.setting().awake().isPresent() && state == State.REGISTERED) {
      if (sleep != null) {
        sleep.cancel();
      }
      sleep = afterDevice(device.setting().awake().get(), this::sleep);
    }
  }

  private void sleep() {
    if (device.conversation().isBusy()) {
      heard();
    } else {
      state = State.ASLEEP;
    }
  }

  /// Tells the server that the device goes; `done` runs when it knows, or cannot be told.
  void end(Runnable done) {
    if (location.isEmpty() || state == State.OFF) {
      done.run();
    } else {
      device.conversation().request(message(CoapMessage.DELETE), _ -> done.run());
    }
  }

  /// The device is off: nothing is done about the registration any more.
  void forget() {
    for (Timer timer : new Timer[] {next, sleep}) {
      if (timer != null) {
        timer.cancel();
      }
    }
    next = null;
    sleep = null;
    state = State.OFF;
  }

  private CoapMessage message(int code) {
    CoapMessage message = device.conversation().confirmable(code);
    location.forEach(segment -> message.option(CoapMessage.URI_PATH, segment));
    return message;
  }

  private Timer afterDevice(Duration time, Runnable task) {
    return device.loop().afterDeviceMillis(time.toMillis(), task);
  }
}
