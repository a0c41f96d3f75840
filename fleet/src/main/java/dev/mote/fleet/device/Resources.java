package dev.mote.fleet.device;

import dev.mote.fleet.content.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/// The objects of a device: what is in them, and what writing and executing does to them.
final class Resources {

  static final int SERVER = 1;
  static final int DEVICE = 3;
  static final int CONNECTIVITY = 4;
  static final int INFERENCE = 33_457;

  static final int LIFETIME = 1;
  static final int TRIGGER_UPDATE = 8;
  static final int REBOOT = 4;

  private static final long LIE = 100;

  private final VirtualDevice device;

  Resources(VirtualDevice device) {
    this.device = device;
  }

  /// The instances that there are, as the registration lists them.
  static String links() {
    StringBuilder links =
        new StringBuilder(
            "</>;rt=\"oma.lwm2m\";ct=\"112 11542\",</1/0>,</3/0>,</4/0>,</5/0>,</9/0>");
    links.append(",</").append(INFERENCE).append("/0>");
    for (int slot = 0; slot < ModuleSlots.COUNT; slot++) {
      links.append(",</").append(ModuleSlots.OBJECT).append('/').append(slot).append('>');
    }
    return links.toString();
  }

  /// The values below a path of one to four ids; none where nothing is.
  List<Entry> read(List<Integer> path) {
    return all(path.getFirst()).stream()
        .filter(value -> path.size() < 2 || value.instance() == path.get(1))
        .filter(value -> path.size() < 3 || value.resource() == path.get(2))
        .filter(value -> path.size() < 4 || value.item() == path.get(3))
        .toList();
  }

  /// The resources of an object or instance as links.
  String discover(List<Integer> path) {
    TreeSet<String> links = new TreeSet<>();
    for (Entry value : read(path)) {
      String instance = "</" + value.object() + "/" + value.instance();
      links.add(instance + ">");
      links.add(instance + "/" + value.resource() + ">");
    }
    return String.join(",", links);
  }

  /// The update object whose package this path is.
  Optional<UpdateSlot> packageAt(List<Integer> path) {
    for (UpdateKind kind : UpdateKind.values()) {
      if (path.equals(List.of(kind.object, 0, kind.content))) {
        return Optional.of(device.slot(kind));
      }
    }
    return Optional.empty();
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
          return device.slot(kind).writeUri(value.text());
        } else if (value.resource() == kind.content) {
          byte[] bytes = value.bytes();
          return device.slot(kind).write(bytes, 0, false, OptionalInt.of(bytes.length));
        }
      }
    }
    if (value.object() == Resources.SERVER && value.resource() == Resources.LIFETIME) {
      long seconds = value.number().orElse(0);
      if (seconds > 0) {
        device.registration().changeLifetime(seconds);
        return UpdateSlot.CHANGED;
      }
      return UpdateSlot.BAD_REQUEST;
    }
    return UpdateSlot.NOT_ALLOWED;
  }

  /// Does what a server orders.
  ///
  /// @return the code of the answer
  int execute(List<Integer> path, String arguments) {
    int object = path.get(0);
    int resource = path.get(2);
    for (UpdateKind kind : UpdateKind.values()) {
      if (object == kind.object && path.get(1) == 0) {
        return device.slot(kind).execute(resource, arguments);
      }
    }
    if (object == Resources.SERVER && resource == Resources.TRIGGER_UPDATE) {
      device.loop().execute(device::update);
      return UpdateSlot.CHANGED;
    } else if (object == Resources.DEVICE && resource == Resources.REBOOT) {
      device.loop().execute(device::restart);
      return UpdateSlot.CHANGED;
    }
    return UpdateSlot.NOT_ALLOWED;
  }

  private List<Entry> all(int object) {
    return switch (object) {
      case SERVER -> server();
      case DEVICE -> device();
      case CONNECTIVITY -> connectivity();
      case INFERENCE -> inference();
      case ModuleSlots.OBJECT -> device.slots().read();
      default ->
          object == UpdateKind.FIRMWARE.object
              ? device.slot(UpdateKind.FIRMWARE).read()
              : object == UpdateKind.SOFTWARE.object
                  ? device.slot(UpdateKind.SOFTWARE).read()
                  : List.of();
    };
  }

  private List<Entry> server() {
    return List.of(
        Entry.of(SERVER, 0, 0, 1L),
        Entry.of(SERVER, 0, LIFETIME, device.registration().lifetimeSeconds()),
        Entry.of(SERVER, 0, 6, false),
        Entry.of(SERVER, 0, 7, "U"));
  }

  private List<Entry> device() {
    Profile profile = device.profile();
    return List.of(
        Entry.of(DEVICE, 0, 0, profile.manufacturer()),
        Entry.of(DEVICE, 0, 1, profile.model()),
        Entry.of(DEVICE, 0, 2, device.endpoint()),
        Entry.of(DEVICE, 0, 3, device.slot(UpdateKind.FIRMWARE).installedVersion()),
        Entry.of(DEVICE, 0, 9, 100L),
        Entry.of(DEVICE, 0, 10, profile.ramFreeBytes() >> 10),
        new Entry(DEVICE, 0, 11, 0, 0L),
        Entry.of(DEVICE, 0, 13, device.loop().clock().millis() / 1000),
        Entry.of(DEVICE, 0, 16, "U"));
  }

  private static List<Entry> connectivity() {
    return List.of(
        Entry.of(CONNECTIVITY, 0, 0, 41L),
        new Entry(CONNECTIVITY, 0, 1, 0, 41L),
        Entry.of(CONNECTIVITY, 0, 2, -50L),
        new Entry(CONNECTIVITY, 0, 4, 0, "127.0.0.1"));
  }

  private List<Entry> inference() {
    Profile profile = device.profile();
    long lie = device.behaviour() == Behaviour.LIES_ABOUT_MEMORY ? LIE : 1;
    List<Entry> all = new ArrayList<>();
    add(all, 0, profile.architecture());
    addAll(all, 1, profile.extensions());
    add(all, 2, profile.core());
    add(all, 3, profile.clockHz());
    add(all, 4, profile.ramBytes() * lie);
    add(all, 5, profile.ramFreeBytes() * lie);
    add(all, 6, profile.flashBytes() * lie);
    add(all, 7, profile.flashFreeBytes() * lie);
    add(all, 8, (long) Profile.RUNTIME_ABI);
    add(all, 9, "1.0");
    addAll(all, 10, profile.kindNames());
    add(all, 12, "virtual");
    add(all, 13, (long) ModuleSlots.COUNT);
    add(all, 14, profile.target());
    return all;
  }

  private static void add(List<Entry> all, int resource, Object value) {
    all.add(Entry.of(INFERENCE, 0, resource, value));
  }

  private static void addAll(List<Entry> all, int resource, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      all.add(new Entry(INFERENCE, 0, resource, i, texts.get(i)));
    }
  }
}
