package dev.mote.service.device.filter;

import dev.mote.orchestration.object.Capabilities;
import dev.mote.service.device.Device;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/// What can be asked of a device: as SQL, and in memory.
enum Field {
  ID("id", Kind.TEXT, "id::text", device -> List.of(device.id().toString())),
  ENDPOINT("endpoint", Kind.TEXT, "endpoint", device -> List.of(device.endpoint())),
  NAME("name", Kind.TEXT, "name", device -> List.of(device.name())),
  STATE("state", Kind.TEXT, "state", device -> List.of(device.state().name())),
  MANUFACTURER("manufacturer", "manufacturer", Capabilities::manufacturer),
  MODEL("model", "model", Capabilities::model),
  FIRMWARE("firmware", "firmware_version", Capabilities::firmwareVersion),
  TARGET("target", "target", Capabilities::target),
  ARCHITECTURE("architecture", "architecture", Capabilities::architecture),
  CORE("core", "core", Capabilities::core),
  RAM_FREE("ramFree", Kind.NUMBER, "ram_free", _ -> List.of()),
  FLASH_FREE("flashFree", Kind.NUMBER, "flash_free", _ -> List.of()),
  TAG("tag.", Kind.TEXT, "tags ->> :%s", _ -> List.of()),
  TAGS("tags", Kind.TEXT, "", device -> device.tags().keySet()),
  GROUP("group", Kind.TEXT, "", Device::groups),
  MODULE("module", Kind.TEXT, "module_name", device -> set(device.moduleName())),
  MODULE_VERSION(
      "moduleVersion", Kind.VERSION, "module_version", device -> set(device.moduleVersion())),
  LAST_CONTACT("lastContact", Kind.TIME, "last_contact", _ -> List.of()),
  CREATED("created", Kind.TIME, "created", _ -> List.of());

  enum Kind {
    TEXT("a text"),
    /// A text whose order is that of numbers.
    VERSION("a version number"),
    NUMBER("a number"),
    TIME("a time");

    final String words;

    Kind(String words) {
      this.words = words;
    }

    boolean isText() {
      return this == TEXT || this == VERSION;
    }
  }

  final String label;
  final Kind kind;

  /// The column, with a hole for the key's parameter where there is a key.
  final String column;

  private final Function<Device, Collection<String>> texts;

  Field(String label, Kind kind, String column, Function<Device, Collection<String>> texts) {
    this.label = label;
    this.kind = kind;
    this.column = column;
    this.texts = texts;
  }

  Field(String label, String column, Function<Capabilities, Optional<String>> capability) {
    this(label, Kind.TEXT, column, device -> set(device.capabilities().flatMap(capability)));
  }

  private static Set<String> set(Optional<String> text) {
    return text.map(Set::of).orElse(Set.of());
  }

  /// Whether a key follows the field's name.
  boolean hasKey() {
    return this == TAG;
  }

  /// Whether a device may have several of it.
  boolean isSet() {
    return this == TAGS || this == GROUP;
  }

  /// Names as people write them.
  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (Field field : values()) {
      names.add(field.hasKey() ? field.label + "KEY" : field.label);
    }
    return names;
  }

  /// The texts that a device has here.
  Collection<String> texts(Device device, String key) {
    return this == TAG ? set(Optional.ofNullable(device.tags().get(key))) : texts.apply(device);
  }

  OptionalLong number(Device device) {
    return device
        .capabilities()
        .map(this == RAM_FREE ? Capabilities::ramFreeBytes : Capabilities::flashFreeBytes)
        .orElse(OptionalLong.empty());
  }

  Optional<Instant> time(Device device) {
    return this == CREATED ? Optional.of(device.created()) : device.lastContact();
  }
}
