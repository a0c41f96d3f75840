package dev.mote.orchestration.object;

import dev.mote.orchestration.object.MoteObjects.Inference;
import dev.mote.orchestration.object.MoteObjects.Module;
import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.UpdateObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads [Capabilities] out of the values of resources, however wrong these are: what cannot be is
/// left out and told as a doubt.
public final class CapabilityReading {

  /// Longest text that is believed.
  private static final int LONGEST_TEXT = 255;

  /// Most instances of a resource, and of an object.
  private static final int MOST = 64;

  private static final long LARGEST_MEMORY = 1L << 40;

  private static final int DEVICE = 3;
  private static final int FIRST_SENSOR = 3_300;
  private static final int LAST_SENSOR = 3_442;

  private final Map<ResourcePath, List<Object>> values;
  private final Set<String> doubts = new TreeSet<>();
  private final Capabilities capabilities;

  private CapabilityReading(Map<ResourcePath, ? extends Collection<?>> values) {
    this.values = new TreeMap<>();
    values.forEach((path, list) -> this.values.put(path, List.copyOf(list)));
    this.capabilities = read();
  }

  /// Reads `values`: for each resource its instances, as `String`, `Long`, `Double`, `Boolean` or
  /// `byte[]`.
  public static CapabilityReading of(Map<ResourcePath, ? extends Collection<?>> values) {
    return new CapabilityReading(values);
  }

  public Capabilities capabilities() {
    return capabilities;
  }

  /// What was said and is not believed, a sentence each.
  public List<String> doubts() {
    return List.copyOf(doubts);
  }

  private Capabilities read() {
    return new Capabilities(
        text(DEVICE, 0),
        text(DEVICE, 1),
        text(DEVICE, 3),
        text(MoteObjects.INFERENCE, Inference.TARGET),
        text(MoteObjects.INFERENCE, Inference.ARCHITECTURE),
        texts(Inference.EXTENSIONS),
        text(MoteObjects.INFERENCE, Inference.CORE),
        number(Inference.CLOCK, 1, 100_000_000_000L),
        number(Inference.RAM_TOTAL, 1, LARGEST_MEMORY),
        part(Inference.RAM_FREE, Inference.RAM_TOTAL),
        number(Inference.FLASH_TOTAL, 1, LARGEST_MEMORY),
        part(Inference.FLASH_FREE, Inference.FLASH_TOTAL),
        number(Inference.RUNTIME_ABI, 0, 65_535),
        text(MoteObjects.INFERENCE, Inference.RUNTIME_VERSION),
        texts(Inference.PAYLOAD_KINDS),
        texts(Inference.ACCELERATORS),
        text(MoteObjects.INFERENCE, Inference.OPERATING_SYSTEM),
        texts(Inference.FEATURES),
        number(Inference.SLOTS, 0, MOST),
        modules(),
        updateObjects(),
        deliveries(),
        sensors());
  }

  private Optional<String> text(int object, int resource) {
    return text(new ResourcePath(object, 0, resource));
  }

  private Optional<String> text(ResourcePath path) {
    return first(path).flatMap(value -> believed(path, value));
  }

  private Optional<String> believed(ResourcePath path, Object value) {
    if (!(value instanceof String text)) {
      doubts.add(path + " is no text");
    } else if (text.length() > LONGEST_TEXT || text.chars().anyMatch(Character::isISOControl)) {
      doubts.add(
          path + " is longer than " + LONGEST_TEXT + " characters, or has control characters");
    } else if (!text.isBlank()) {
      return Optional.of(text.strip());
    }
    return Optional.empty();
  }

  private TreeSet<String> texts(int resource) {
    ResourcePath path = new ResourcePath(MoteObjects.INFERENCE, 0, resource);
    TreeSet<String> texts = new TreeSet<>();
    List<Object> instances = values.getOrDefault(path, List.of());
    if (instances.size() > MOST) {
      doubts.add(path + " has more than " + MOST + " instances");
    }
    instances.stream().limit(MOST).forEach(v -> believed(path, v).ifPresent(texts::add));
    return texts;
  }

  private OptionalLong number(int resource, long least, long most) {
    return number(new ResourcePath(MoteObjects.INFERENCE, 0, resource), least, most);
  }

  private OptionalLong number(ResourcePath path, long least, long most) {
    Optional<Object> value = first(path);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    if (value.get() instanceof Long number && number >= least && number <= most) {
      return OptionalLong.of(number);
    }
    doubts.add("%s is no whole number from %d to %d".formatted(path, least, most));
    return OptionalLong.empty();
  }

  /// A number of bytes that cannot be above that of another resource.
  private OptionalLong part(int resource, int whole) {
    OptionalLong total = number(whole, 1, LARGEST_MEMORY);
    return number(resource, 0, total.orElse(LARGEST_MEMORY));
  }

  private Optional<Object> first(ResourcePath path) {
    return values.getOrDefault(path, List.of()).stream().findFirst();
  }

  private List<InstalledModule> modules() {
    List<InstalledModule> modules = new ArrayList<>();
    TreeSet<Integer> slots = new TreeSet<>();
    values.keySet().stream()
        .filter(path -> path.object() == MoteObjects.MODULE)
        .forEach(path -> slots.add(path.instance()));
    if (slots.size() > MOST) {
      doubts.add("object " + MoteObjects.MODULE + " has more than " + MOST + " instances");
    }
    slots.stream().limit(MOST).forEach(slot -> module(slot).ifPresent(modules::add));
    return modules;
  }

  private Optional<InstalledModule> module(int slot) {
    OptionalLong state =
        number(in(slot, Module.STATE), 0, InstalledModule.State.values().length - 1);
    Optional<String> identity = text(in(slot, Module.IDENTITY));
    if (state.isEmpty()) {
      doubts.add("slot " + slot + " has no state");
      return Optional.empty();
    }
    InstalledModule.State is = InstalledModule.State.values()[(int) state.getAsLong()];
    if (is == InstalledModule.State.EMPTY) {
      return Optional.empty();
    }
    return Optional.of(
        new InstalledModule(
            slot,
            identity.orElse(""),
            text(in(slot, Module.NAME)).orElse(""),
            text(in(slot, Module.VERSION)).orElse(""),
            number(in(slot, Module.SEQUENCE), 0, Long.MAX_VALUE).orElse(0),
            is,
            digest(in(slot, Module.DIGEST)),
            number(in(slot, Module.LAST_ERROR), 0, 65_535).orElse(0),
            number(in(slot, Module.LAST_CLASS), 0, 65_535),
            score(in(slot, Module.LAST_SCORE)),
            selfTest(slot)));
  }

  private InstalledModule.SelfTest selfTest(int slot) {
    InstalledModule.SelfTest[] outcomes = InstalledModule.SelfTest.values();
    OptionalLong number = number(in(slot, Module.SELF_TEST), 0, outcomes.length - 1);
    return outcomes[(int) number.orElse(0)];
  }

  private OptionalDouble score(ResourcePath path) {
    Optional<Object> value = first(path);
    if (value.isPresent() && value.get() instanceof Number number) {
      double score = number.doubleValue();
      if (Double.isFinite(score)) {
        return OptionalDouble.of(score);
      }
    }
    value.ifPresent(v -> doubts.add(path + " is no number"));
    return OptionalDouble.empty();
  }

  private Optional<String> digest(ResourcePath path) {
    Optional<Object> value = first(path);
    if (value.isPresent() && value.get() instanceof byte[] bytes && bytes.length == 32) {
      return Optional.of(HexFormat.of().formatHex(bytes));
    }
    value.ifPresent(v -> doubts.add(path + " is no SHA-256 of 32 bytes"));
    return Optional.empty();
  }

  private static ResourcePath in(int slot, int resource) {
    return new ResourcePath(MoteObjects.MODULE, slot, resource);
  }

  private Set<UpdateObject> updateObjects() {
    Set<UpdateObject> found = new TreeSet<>();
    for (UpdateObject object : UpdateObject.values()) {
      if (has(object.id())) {
        found.add(object);
      }
    }
    return found;
  }

  /// Object 5 says it in two resources: in which ways, and over which protocols, of which ours are
  /// CoAP and CoAPs (0 and 1); object 9 takes what it has a resource for.
  private Set<Delivery> deliveries() {
    Set<Delivery> found = new TreeSet<>();
    OptionalLong method = number(new ResourcePath(5, 0, 9), 0, 2);
    if (has(5)) {
      if (method.orElse(2) != 0) {
        found.add(Delivery.PUSH);
      }
      List<Object> protocols = values.getOrDefault(new ResourcePath(5, 0, 8), List.of());
      boolean isCoap =
          protocols.isEmpty()
              || protocols.stream().anyMatch(p -> p instanceof Long number && number <= 1);
      if (method.orElse(2) != 1 && isCoap) {
        found.add(Delivery.PULL);
      }
    } else if (has(9)) {
      found.add(Delivery.PUSH);
      found.add(Delivery.PULL);
    }
    return found;
  }

  private TreeSet<Integer> sensors() {
    TreeSet<Integer> found = new TreeSet<>();
    values.keySet().stream()
        .map(ResourcePath::object)
        .filter(id -> id >= FIRST_SENSOR && id <= LAST_SENSOR)
        .forEach(found::add);
    return found;
  }

  private boolean has(int object) {
    return values.keySet().stream().anyMatch(path -> path.object() == object);
  }
}
