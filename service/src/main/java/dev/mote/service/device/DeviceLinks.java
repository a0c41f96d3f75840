package dev.mote.service.device;

import dev.mote.orchestration.gateway.Link;
import dev.mote.orchestration.gateway.NodePath;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.object.MoteObjects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What follows from the objects that a device registers.
final class DeviceLinks {

  /// Objects with one instance that are read as such; a device without a second one may not answer
  /// for the whole object.
  private static final List<Integer> SINGLE = List.of(3, 4, 5, 7, MoteObjects.INFERENCE);

  private static final List<Integer> MULTIPLE = List.of(9, 19, MoteObjects.MODULE);
  private static final int FIRST_SENSOR = 3_300;
  private static final int LAST_SENSOR = 3_442;
  private static final int MOST_SENSORS = 16;
  private static final Pattern TARGET = Pattern.compile("<[^>]*?/(\\d{1,5})(?:/(\\d{1,5}))?>");

  /// What is read one by one of devices that do not read whole instances.
  private static final Map<String, List<String>> RESOURCES =
      Map.of(
          "/3/0", List.of("/3/0/0", "/3/0/1", "/3/0/3"),
          "/5/0", List.of("/5/0/3", "/5/0/5", "/5/0/7", "/5/0/8", "/5/0/9"),
          "/9", List.of("/9/0/0", "/9/0/1", "/9/0/7", "/9/0/9", "/9/0/12"));

  /// Sensor Value of IPSO's objects.
  private static final int SENSOR_VALUE = 5_700;

  private final SortedSet<Integer> objects = new TreeSet<>();
  private final SortedMap<Integer, SortedSet<Integer>> instances = new TreeMap<>();

  private DeviceLinks() {}

  /// Reads links in the form of [#text].
  static DeviceLinks of(String text) {
    DeviceLinks links = new DeviceLinks();
    Matcher target = TARGET.matcher(text);
    while (target.find()) {
      Integer object = Integer.valueOf(target.group(1));
      links.objects.add(object);
      if (target.group(2) != null) {
        links
            .instances
            .computeIfAbsent(object, _ -> new TreeSet<>())
            .add(Integer.valueOf(target.group(2)));
      }
    }
    return links;
  }

  /// Links as CoRE Link Format, sorted, so that equal ones are equal texts.
  static String text(List<Link> links) {
    return links.stream().map(RequestText::link).sorted().collect(Collectors.joining(","));
  }

  SortedSet<Integer> objects() {
    return objects;
  }

  /// What is to be read to know what the device can do.
  Request.Read reading() {
    List<NodePath> paths = new ArrayList<>();
    // A device has its object 3 even if it does not say so.
    paths.add(NodePath.of("/3/0"));
    SINGLE.stream()
        .filter(object -> object != 3 && objects.contains(object))
        .forEach(object -> paths.add(NodePath.of("/" + object + "/0")));
    MULTIPLE.stream().filter(objects::contains).forEach(o -> paths.add(NodePath.of("/" + o)));
    objects.stream()
        .filter(object -> object >= FIRST_SENSOR && object <= LAST_SENSOR)
        .limit(MOST_SENSORS)
        .forEach(object -> paths.add(NodePath.of("/" + object)));
    return new Request.Read(paths);
  }

  /// What is to be observed as long as the device is registered.
  List<Request> observing(DeviceSettings settings) {
    return objects.stream()
        .filter(settings::isObserved)
        .limit(settings.mostObserved())
        .<Request>map(object -> new Request.Observe(NodePath.of("/" + object)))
        .toList();
  }

  /// The same question to a device that has refused some of its paths, with their resources one by
  /// one; empty when that says no more.
  static Optional<Request.Read> finer(Request.Read asked, Set<String> refused) {
    List<NodePath> paths = new ArrayList<>();
    for (NodePath path : asked.paths()) {
      String text = path.toString();
      List<String> resources = refused.contains(text) ? RESOURCES.get(text) : null;
      if (resources == null) {
        paths.add(path);
      } else {
        resources.forEach(resource -> paths.add(NodePath.of(resource)));
      }
    }
    return paths.equals(asked.paths()) || paths.size() > Request.MOST_PATHS
        ? Optional.empty()
        : Optional.of(new Request.Read(paths));
  }

  /// What to observe where a path is refused: the instances of an object, the value of a sensor.
  List<Request> finer(Request.Observe refused) {
    List<Integer> ids = refused.path().ids();
    int object = ids.getFirst();
    if (ids.size() == 1) {
      return instances.getOrDefault(object, new TreeSet<>()).stream()
          .limit(MOST_SENSORS)
          .<Request>map(id -> new Request.Observe(NodePath.of("/" + object + "/" + id)))
          .toList();
    }
    boolean isSensor = ids.size() == 2 && object >= FIRST_SENSOR && object <= LAST_SENSOR;
    return isSensor
        ? List.of(new Request.Observe(NodePath.of(refused.path() + "/" + SENSOR_VALUE)))
        : List.of();
  }
}
