package dev.mote.orchestration.object;

/// Where a resource lies: `/object/instance/resource`.
///
/// @param object id of the object, 0 to 65534
/// @param instance id of the object's instance, 0 to 65534
/// @param resource id of the resource, 0 to 65534
public record ResourcePath(int object, int instance, int resource)
    implements Comparable<ResourcePath> {

  private static final int LAST_ID = 65_534;

  public ResourcePath {
    if (!isId(object) || !isId(instance) || !isId(resource)) {
      throw new IllegalArgumentException(
          "ids are from 0 to %d: /%d/%d/%d".formatted(LAST_ID, object, instance, resource));
    }
  }

  private static boolean isId(int id) {
    return id >= 0 && id <= LAST_ID;
  }

  @Override
  public int compareTo(ResourcePath other) {
    int byObject = Integer.compare(object, other.object);
    if (byObject != 0) {
      return byObject;
    }
    int byInstance = Integer.compare(instance, other.instance);
    return byInstance != 0 ? byInstance : Integer.compare(resource, other.resource);
  }

  @Override
  public String toString() {
    return "/" + object + "/" + instance + "/" + resource;
  }
}
