package dev.mote.orchestration.gateway;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Links that devices sent lately, and what follows from them: the devices of a fleet send the
/// same.
final class KnownLinks {

  private static final int MOST = 200;

  /// Longer ones are read each time.
  private static final int LONGEST = 2_048;

  private static final String ROOT_TYPE = "oma.lwm2m";

  /// @param text the links as the journal keeps them
  /// @param root prefix of the paths of the device's objects, where it said one
  record Read(List<Link> links, String text, Optional<String> root) {

    static Read of(byte[] payload) throws BadContentException {
      List<Link> links = List.copyOf(Links.read(payload));
      return new Read(
          links,
          Links.write(links),
          links.stream()
              .filter(link -> ROOT_TYPE.equals(link.attributes().get("rt")))
              .findFirst()
              .map(Link::target));
    }
  }

  private final Map<ByteBuffer, Read> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Read> eldest) {
          return size() > MOST;
        }
      };

  /// Reads a payload in CoRE Link Format.
  Read read(byte[] payload) throws BadContentException {
    ByteBuffer key = ByteBuffer.wrap(payload);
    synchronized (known) {
      Read former = known.get(key);
      if (former != null) {
        return former;
      }
    }
    Read read = Read.of(payload);
    if (payload.length <= LONGEST) {
      synchronized (known) {
        known.put(key, read);
      }
    }
    return read;
  }
}
