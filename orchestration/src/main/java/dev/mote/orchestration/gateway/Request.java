package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.ResourcePath;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is wanted of a device.
public sealed interface Request {

  /// Reads each path by itself: not all devices can read several at once.
  record Read(List<NodePath> paths) implements Request {
    public Read {
      paths = List.copyOf(paths);
      if (paths.isEmpty() || paths.size() > MOST_PATHS) {
        throw new IllegalArgumentException("1 to " + MOST_PATHS + " paths are read at once");
      }
    }
  }

  /// Writes a resource, or some resources of an instance and leaves its others alone.
  ///
  /// @param path of the resource or instance
  /// @param values what is below it; several values for a resource of several instances
  record Write(NodePath path, Map<ResourcePath, List<Value>> values) implements Request {
    public Write {
      Map<ResourcePath, List<Value>> copy = new TreeMap<>();
      values.forEach((at, list) -> copy.put(at, List.copyOf(list)));
      values = Collections.unmodifiableMap(copy);
      if (values.isEmpty()) {
        throw new IllegalArgumentException("nothing to write to " + path);
      }
      for (ResourcePath at : values.keySet()) {
        List<Integer> ids = List.of(at.object(), at.instance(), at.resource());
        int depth = path.ids().size();
        if (depth < 2 || depth > 3 || !ids.subList(0, depth).equals(path.ids())) {
          throw new IllegalArgumentException(at + " is not written by writing " + path);
        }
      }
    }

    /// Writes one value.
    public static Write of(ResourcePath path, Value value) {
      return new Write(NodePath.of(path), Map.of(path, List.of(value)));
    }
  }

  /// Sets attributes for notifications, such as `pmin` and `gt`; an empty value takes one away.
  record WriteAttributes(NodePath path, Map<String, String> attributes) implements Request {
    public WriteAttributes {
      attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
      if (!attributes.entrySet().stream()
          .allMatch(a -> a.getKey().matches("[a-z]{1,16}") && a.getValue().length() <= 32)) {
        throw new IllegalArgumentException("no attributes of LwM2M: " + attributes);
      }
    }
  }

  /// @param arguments as LwM2M writes them, `0='text',1`; empty for none
  record Execute(ResourcePath path, String arguments) implements Request {}

  /// Asks for notifications, which come as [DeviceEvent.Measured]. It stays until the registration
  /// ends; asking again for the same path does no harm.
  record Observe(NodePath path) implements Request {}

  /// Ends [Observe].
  record Forget(NodePath path) implements Request {}

  record Discover(NodePath path) implements Request {}

  /// Writes a package block by block. [DeviceEvent.Moved] tells how far it is.
  ///
  /// @param from how many bytes the device is believed to have; it starts anew when it has not
  record Push(ResourcePath path, String sha256, long from) implements Request {
    public Push {
      if (from < 0) {
        throw new IllegalArgumentException("a package does not start at " + from);
      }
    }
  }

  /// Writes the URI of a package to a resource; only the device of the request can fetch it.
  /// [DeviceEvent.Moved] tells how far it is, also long after the request is answered.
  record Offer(ResourcePath path, String sha256) implements Request {}

  /// Most paths of a [Read].
  int MOST_PATHS = 64;
}
