package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.ResourcePath;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What became of a request.
public sealed interface Answer {

  /// The device answered.
  ///
  /// @param code of CoAP, as class · 100 + detail: 205 for 2.05 Content. When several paths were
  ///     read, that of success if one was
  /// @param values what was read, by resource; several for a resource of several instances
  /// @param refused paths of a read that were answered with something else, with their codes; 0 for
  ///     those whose content makes no sense
  /// @param links what was discovered
  /// @param words the device's or ours about it; may be empty
  record Received(
      int code,
      Map<ResourcePath, List<Value>> values,
      Map<String, Integer> refused,
      List<Link> links,
      String words)
      implements Answer {
    public Received {
      Map<ResourcePath, List<Value>> copy = new TreeMap<>();
      values.forEach((path, list) -> copy.put(path, List.copyOf(list)));
      values = Collections.unmodifiableMap(copy);
      refused = Collections.unmodifiableMap(new TreeMap<>(refused));
      links = List.copyOf(links);
    }

    /// An answer without content.
    public static Received of(int code, String words) {
      return new Received(code, Map.of(), Map.of(), List.of(), words);
    }
  }

  /// The device said nothing in time. It may have done what was asked.
  record Silence(String why) implements Answer {}

  /// It was not sent, and never will be: it came too late, or there is no such package.
  record Unsent(String why) implements Answer {}

  default boolean isSuccess() {
    return this instanceof Received received && received.code() / 100 == 2;
  }
}
