package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.MoteObjects;
import dev.mote.orchestration.object.ResourcePath;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.leshan.core.model.InvalidDDFFileException;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.ResourceModel;

/// The data type of a resource, which TLV and plain text do not tell.
enum ResourceKind {
  TEXT,
  WHOLE,
  UNSIGNED,
  DECIMAL,
  FLAG,
  BYTES,
  LINK,
  UNKNOWN;

  private static final int FIRST_IPSO_OBJECT = 3_200;
  private static final int LAST_IPSO_OBJECT = 3_442;

  private static final Map<Integer, Map<Integer, ResourceKind>> KNOWN = load();

  /// Resources that the objects of IPSO share.
  private static final Map<Integer, ResourceKind> IPSO =
      Map.ofEntries(
          Map.entry(5500, FLAG),
          Map.entry(5501, WHOLE),
          Map.entry(5518, WHOLE),
          Map.entry(5513, TEXT),
          Map.entry(5514, TEXT),
          Map.entry(5527, TEXT),
          Map.entry(5534, WHOLE),
          Map.entry(5548, FLAG),
          Map.entry(5600, DECIMAL),
          Map.entry(5601, DECIMAL),
          Map.entry(5602, DECIMAL),
          Map.entry(5603, DECIMAL),
          Map.entry(5604, DECIMAL),
          Map.entry(5650, DECIMAL),
          Map.entry(5651, DECIMAL),
          Map.entry(5700, DECIMAL),
          Map.entry(5701, TEXT),
          Map.entry(5702, DECIMAL),
          Map.entry(5703, DECIMAL),
          Map.entry(5704, DECIMAL),
          Map.entry(5706, TEXT),
          Map.entry(5750, TEXT),
          Map.entry(5805, DECIMAL),
          Map.entry(5820, DECIMAL),
          Map.entry(5821, DECIMAL),
          Map.entry(5823, TEXT),
          Map.entry(5850, FLAG),
          Map.entry(5851, WHOLE),
          Map.entry(5852, WHOLE),
          Map.entry(6042, WHOLE));

  static ResourceKind of(ResourcePath path) {
    Map<Integer, ResourceKind> object = KNOWN.get(path.object());
    if (object != null) {
      return object.getOrDefault(path.resource(), UNKNOWN);
    }
    return path.object() >= FIRST_IPSO_OBJECT && path.object() <= LAST_IPSO_OBJECT
        ? IPSO.getOrDefault(path.resource(), UNKNOWN)
        : UNKNOWN;
  }

  private static Map<Integer, Map<Integer, ResourceKind>> load() {
    List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadAllDefault());
    for (String name : MoteObjects.DEFINITIONS) {
      try (InputStream in = MoteObjects.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("the definition " + name + " is missing");
        }
        models.addAll(ObjectLoader.loadDdfFile(in, name));
      } catch (IOException | InvalidDDFFileException e) {
        throw new IllegalStateException("unreadable definition " + name, e);
      }
    }
    Map<Integer, Map<Integer, ResourceKind>> known = new HashMap<>();
    for (ObjectModel model : models) {
      Map<Integer, ResourceKind> kinds = known.computeIfAbsent(model.id, _ -> new HashMap<>());
      model.resources.values().forEach(resource -> kinds.put(resource.id, of(resource)));
    }
    return known;
  }

  private static ResourceKind of(ResourceModel resource) {
    return switch (resource.type) {
      case STRING, CORELINK -> TEXT;
      case INTEGER, TIME -> WHOLE;
      case UNSIGNED_INTEGER -> UNSIGNED;
      case FLOAT -> DECIMAL;
      case BOOLEAN -> FLAG;
      case OPAQUE -> BYTES;
      case OBJLNK -> LINK;
      case NONE -> UNKNOWN;
    };
  }

  /// The value that a number is in a resource of this kind.
  Value number(double number, boolean isWhole, long whole) {
    if (this == DECIMAL || (!isWhole && number != Math.rint(number))) {
      return new Value.Decimal(number);
    }
    if (isWhole) {
      return new Value.Whole(whole);
    }
    return this == WHOLE || this == UNSIGNED
        ? new Value.Whole((long) number)
        : new Value.Decimal(number);
  }
}
