package dev.mote.fleet.device;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.content.Entry;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.line.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Object 5 or 9 of a device, as the standard says it: a package comes by writes or is fetched, is
/// checked, and is installed when that is ordered; the device starts again then.
final class UpdateSlot {

  static final int CHANGED = CoapMessage.code(2, 4);
  static final int CONTINUE = CoapMessage.code(2, 31);
  static final int BAD_REQUEST = CoapMessage.code(4, 0);
  static final int NOT_FOUND = CoapMessage.code(4, 4);
  static final int NOT_ALLOWED = CoapMessage.code(4, 5);
  private static final int INCOMPLETE = CoapMessage.code(4, 8);
  private static final int TOO_LARGE = CoapMessage.code(4, 13);

  /// No answer at all.
  static final int SILENCE = 0;

  private static final int GUESSED_BYTES = 1 << 16;
  private static final long NEVER = Long.MAX_VALUE;

  private final VirtualDevice device;
  private final UpdateKind kind;
  private Stage stage = Stage.IDLE;
  private Outcome outcome = Outcome.INITIAL;
  private boolean isActive;
  private @Nullable Reception reception;
  private @Nullable Received delivered;
  private @Nullable Received installed;
  private @Nullable Download download;
  private @Nullable Timer installation;
  private String keptUri = "";
  private long cutAt = NEVER;
  private long stallAt = NEVER;

  UpdateSlot(VirtualDevice device, UpdateKind kind) {
    this.device = device;
    this.kind = kind;
  }

  private enum Stage {
    IDLE,
    DOWNLOADING,
    READY,
    INSTALLED
  }

  List<Entry> read() {
    List<Entry> all = new ArrayList<>();
    Optional<Received> shown = shown();
    add(all, kind.name, shown.map(Received::name).orElse(""));
    add(all, kind.version, version(shown));
    add(all, kind.state, (long) stateNumber());
    add(all, kind.result, (long) outcome.number(kind));
    if (kind == UpdateKind.SOFTWARE) {
      add(all, UpdateKind.ACTIVATION, isActive);
    } else {
      all.add(new Entry(kind.object, 0, UpdateKind.PROTOCOLS, 0, 0L));
      add(all, UpdateKind.DELIVERY, 2L);
    }
    return all;
  }

  private void add(List<Entry> all, int resource, Object value) {
    all.add(Entry.of(kind.object, 0, resource, value));
  }

  private Optional<Received> shown() {
    return Optional.ofNullable(
        kind == UpdateKind.SOFTWARE && stage == Stage.READY ? delivered : installed);
  }

  private String version(Optional<Received> shown) {
    String initial = kind == UpdateKind.FIRMWARE ? VirtualDevice.FIRMWARE : "";
    return shown.map(Received::version).orElse(initial);
  }

  int stateNumber() {
    return switch (stage) {
      case IDLE -> 0;
      case DOWNLOADING -> 1;
      case READY -> kind == UpdateKind.SOFTWARE ? 3 : installation == null ? 2 : 3;
      case INSTALLED -> kind == UpdateKind.SOFTWARE ? 4 : 0;
    };
  }

  int resultNumber() {
    return outcome.number(kind);
  }

  /// The version that is installed, as the device says it.
  String installedVersion() {
    return version(Optional.ofNullable(installed));
  }

  /// Bytes of the package on its way.
  long received() {
    return reception == null ? 0 : reception.bytes();
  }

  /// Takes a part of a package that is written.
  ///
  /// @param size of the whole package, if that was said
  /// @return the code of the answer
  int write(byte[] bytes, long offset, boolean more, OptionalInt size) {
    boolean isNull = bytes.length == 0 || (bytes.length == 1 && bytes[0] == 0);
    if (isNull && offset == 0 && !more) {
      drop(Outcome.INITIAL);
      return CHANGED;
    }
    if (stage == Stage.READY || stage == Stage.INSTALLED || download != null) {
      return NOT_ALLOWED;
    }
    if (offset == 0) {
      begin(size);
    } else if (reception == null || offset > reception.bytes()) {
      return INCOMPLETE;
    } else if (stage == Stage.IDLE) {
      device.count(Event.DOWNLOAD_RESUMED);
      show(Stage.DOWNLOADING, Outcome.DOWNLOADING);
    }
    if (size.orElse(0) > device.room() || !take(offset, bytes)) {
      drop(Outcome.NO_STORAGE);
      return TOO_LARGE;
    }
    if (fails()) {
      return SILENCE;
    }
    if (!more) {
      arrived();
    }
    return more ? CONTINUE : CHANGED;
  }

  private void begin(OptionalInt size) {
    device.count(Event.DOWNLOAD_BEGUN);
    reception = new Reception(device.setting().packages());
    int bytes = size.orElse(GUESSED_BYTES);
    boolean cut = device.happens(device.setting().faults().get().powerCut());
    cutAt = cut ? 1 + device.random().nextInt(bytes) : NEVER;
    stallAt = device.behaviour() == Behaviour.STALLS ? bytes / 2 : NEVER;
    show(Stage.DOWNLOADING, Outcome.DOWNLOADING);
  }

  private boolean take(long offset, byte[] bytes) {
    return reception != null && reception.take(offset, bytes) && reception.bytes() <= device.room();
  }

  /// Whether the device falls silent at this byte.
  private boolean fails() {
    if (received() >= cutAt) {
      cutAt = NEVER;
      device.cutPower();
      return true;
    }
    return received() > stallAt;
  }

  /// Takes the URI of a package.
  int writeUri(String uri) {
    if (uri.isEmpty()) {
      drop(Outcome.INITIAL);
      return CHANGED;
    }
    if (stage == Stage.READY || stage == Stage.INSTALLED) {
      return NOT_ALLOWED;
    }
    stopDownload();
    boolean resumes = reception != null && received() > 0 && keptUri.equals(uri);
    keptUri = uri;
    if (resumes) {
      device.count(Event.DOWNLOAD_RESUMED);
      show(Stage.DOWNLOADING, Outcome.DOWNLOADING);
    } else {
      begin(OptionalInt.empty());
    }
    download = Download.begin(device, uri, received(), new Fetched());
    return CHANGED;
  }

  /// What a download gives.
  private final class Fetched implements Download.Sink {
    @Override
    public boolean took(long offset, byte[] bytes, boolean more) {
      if (!take(offset, bytes)) {
        drop(Outcome.NO_STORAGE);
        return false;
      }
      if (fails()) {
        return false;
      }
      if (!more) {
        download = null;
        arrived();
      }
      return more;
    }

    @Override
    public void failed(Outcome why) {
      download = null;
      show(Stage.IDLE, why);
    }
  }

  private void arrived() {
    Reception whole = reception;
    if (whole == null) {
      return;
    }
    reception = null;
    try {
      delivered =
          device
              .setting()
              .packages()
              .check(whole.file(), device.profile().device(), device.slots().running());
      device.count(Event.DELIVERED);
      show(Stage.READY, Outcome.CHECKED);
    } catch (Refusal refusal) {
      device.count(Event.REFUSED);
      device.slots().refused(null, refusal.code());
      show(Stage.IDLE, refusal.outcome());
    }
  }

  /// Takes an order.
  ///
  /// @param arguments as they came
  int execute(int resource, String arguments) {
    if (resource == kind.install) {
      return install();
    }
    if (kind == UpdateKind.FIRMWARE) {
      if (resource == UpdateKind.CANCEL) {
        drop(Outcome.INITIAL);
        return CHANGED;
      }
      return NOT_ALLOWED;
    }
    return switch (resource) {
      case UpdateKind.UNINSTALL -> {
        if (!arguments.contains("1")) {
          isActive = false;
          installed = null;
          device.slots().remove();
        }
        drop(Outcome.INITIAL);
        yield CHANGED;
      }
      case UpdateKind.ACTIVATE, UpdateKind.DEACTIVATE -> {
        if (stage != Stage.INSTALLED) {
          yield NOT_ALLOWED;
        }
        isActive = resource == UpdateKind.ACTIVATE;
        device.changed(kind.object, 0, UpdateKind.ACTIVATION);
        yield CHANGED;
      }
      default -> NOT_ALLOWED;
    };
  }

  private int install() {
    if (stage != Stage.READY) {
      return NOT_ALLOWED;
    }
    if (installation == null) {
      long millis = device.setting().timing().installation().toMillis();
      installation = device.loop().afterMillis(millis, this::tryOut);
      device.changed(kind.object, 0, kind.state);
    }
    return CHANGED;
  }

  private void tryOut() {
    installation = null;
    Received module = delivered;
    if (module == null) {
      return;
    }
    delivered = null;
    if (device.behaviour() == Behaviour.FAILS_LATER) {
      device.slots().refused(module, 1);
      goBack(Outcome.FAILED);
    } else if (device.behaviour() == Behaviour.LIES_ABOUT_VERSION) {
      goBack(Outcome.INSTALLED);
    } else if (!module.passesSelfTest() || device.failsSelfTest(module.version())) {
      device.slots().failed(module);
      device.count(Event.ROLLED_BACK);
      goBack(Outcome.REFUSED);
    } else {
      device.count(Event.INSTALLED);
      if (device.slots().install(module)) {
        device.count(Event.INSTALLED_TWICE);
      }
      installed = module;
      isActive = true;
      stage = Stage.INSTALLED;
      outcome = Outcome.INSTALLED;
    }
    if (kind == UpdateKind.FIRMWARE) {
      stage = Stage.IDLE;
    }
    device.restart();
  }

  private void goBack(Outcome told) {
    stage = installed == null && told != Outcome.INSTALLED ? Stage.IDLE : Stage.INSTALLED;
    outcome = told;
  }

  private void drop(Outcome why) {
    stopDownload();
    reception = null;
    delivered = null;
    if (installation != null) {
      installation.cancel();
      installation = null;
    }
    show(Stage.IDLE, why);
  }

  private void stopDownload() {
    if (download != null) {
      download.cancel();
      download = null;
    }
  }

  private void show(Stage next, Outcome why) {
    stage = next;
    outcome = why;
    device.changed(kind.object, 0, kind.state);
    device.changed(kind.object, 0, kind.result);
  }

  /// The power is gone: what is not in flash is lost.
  void cutPower() {
    stopDownload();
    if (installation != null) {
      installation.cancel();
      installation = null;
    }
    if (reception != null) {
      reception.cutPower();
    }
    if (stage == Stage.DOWNLOADING) {
      stage = Stage.IDLE;
      outcome = Outcome.INITIAL;
    }
  }
}
