package dev.mote.service.device;

import dev.mote.orchestration.gateway.Link;
import dev.mote.orchestration.gateway.NodePath;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.object.MoteObjects;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
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
  private static final Pattern TARGET = Pattern.compile("/(\\d{1,5})(?:/(\\d{1,5}))?");

  private final SortedSet<Integer> objects = new TreeSet<>();

  private DeviceLinks() {}

  /// Reads links in the form of [#text].
  static DeviceLinks of(String text) {
    DeviceLinks links = new DeviceLinks();
    Matcher target = Pattern.compile("<[^>]*?" + TARGET.pattern() + ">").matcher(text);
    while (target.find()) {
      links.objects.add(Integer.valueOf(target.group(1)));
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
}
