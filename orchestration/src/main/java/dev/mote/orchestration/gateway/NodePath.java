package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.ResourcePath;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Where something lies in a device: an object, its instance, a resource of it or an instance of
/// that.
///
/// @param ids one to four of them, each from 0 to 65534
public record NodePath(List<Integer> ids) {

  private static final int LAST_ID = 65_534;
  private static final int LONGEST_TEXT = 24;

  public NodePath {
    ids = List.copyOf(ids);
    if (ids.isEmpty() || ids.size() > 4 || ids.stream().anyMatch(id -> id < 0 || id > LAST_ID)) {
      throw new IllegalArgumentException("a path has one to four ids from 0 to 65534, not " + ids);
    }
  }

  /// The path that `text` writes, as `/3/0/13`.
  ///
  /// @throws IllegalArgumentException when it is none
  public static NodePath of(String text) {
    if (text.length() > LONGEST_TEXT || !text.matches("(/[0-9]{1,5}){1,4}")) {
      throw new IllegalArgumentException(
          "not a path such as /3/0/13: " + text.substring(0, Math.min(text.length(), 32)));
    }
    List<Integer> ids = new ArrayList<>();
    for (String id : text.substring(1).split("/", -1)) {
      ids.add(Integer.valueOf(id));
    }
    return new NodePath(ids);
  }

  public static NodePath of(ResourcePath path) {
    return new NodePath(List.of(path.object(), path.instance(), path.resource()));
  }

  public int object() {
    return ids.getFirst();
  }

  public boolean isResource() {
    return ids.size() >= 3;
  }

  /// The resource that this path names, or lies in.
  ///
  /// @throws IllegalStateException when it names an object or an instance
  public ResourcePath resource() {
    if (!isResource()) {
      throw new IllegalStateException(this + " is no resource");
    }
    return new ResourcePath(ids.get(0), ids.get(1), ids.get(2));
  }

  @Override
  public String toString() {
    return ids.stream().map(id -> "/" + id).collect(Collectors.joining());
  }
}
