package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/// What stands before the payloads of a module, read in order and no further than that.
///
/// @param module authentication and manifest, without payloads
/// @param transports how payloads travel, by index
/// @param firstPayload where the key of the first payload stands, in bytes from the start
/// @param payloads how many payloads follow
record ModuleHead(
    ModuleFile module, SortedMap<Integer, Transport> transports, long firstPayload, int payloads) {

  private static final int BYTE_STRING = 2;
  private static final int MAPPING = 5;

  /// Where a payload lies in the file.
  ///
  /// @param offset of its first byte
  /// @param size in bytes, as it travels
  record Place(long offset, int size) {}

  Transport transport(int index) {
    return transports.getOrDefault(index, Transport.plain(index));
  }

  static ModuleHead read(ModuleReceiver.Source source) throws IOException {
    Cursor cursor = new Cursor(source, 0);
    if (cursor.next() != 0xd8 || cursor.next() != Keys.ENVELOPE_TAG) {
      throw new ModuleException(
          ModuleCodes.NOT_A_MODULE, "module", "it does not start with the tag of an envelope");
    }
    int entries = (int) cursor.head(MAPPING, 3 + ModuleReader.MOST_PAYLOADS);
    cursor.key(Keys.AUTHENTICATION);
    Authentication authentication =
        Authentication.of(cursor.bytes(Authentication.MOST_BYTES, "authentication"));
    cursor.key(Keys.MANIFEST);
    Bytes encoded = cursor.bytes(ModuleFile.MOST_MANIFEST_BYTES, "manifest");
    Manifest manifest = ManifestDecoder.decode(encoded);
    int payloads = entries - 2;
    SortedMap<Integer, Transport> transports = new TreeMap<>();
    long before = cursor.at;
    if (payloads > 0 && cursor.next() == 0x38) {
      if (cursor.next() != 0xff) {
        throw unknown();
      }
      transports =
          ModuleReader.transports(cursor.bytes(ModuleReader.MOST_TRANSPORT_BYTES, "transports"));
      payloads--;
      before = cursor.at;
    }
    ModuleFile module =
        new ModuleFile(
            encoded, manifest, authentication.signatures(), new TreeMap<>(), new TreeMap<>());
    authentication.requireDigest(module.digest(), "manifest");
    return new ModuleHead(module, transports, before, payloads);
  }

  /// Where payload `index` lies.
  Place find(ModuleReceiver.Source source, int index) throws IOException {
    Cursor cursor = new Cursor(source, firstPayload);
    int before = -1;
    for (int i = 0; i < payloads; i++) {
      if (cursor.next() != 0x62 || cursor.next() != '#') {
        throw unknown();
      }
      int found = cursor.next() - '0';
      if (found <= before || found >= module.manifest().payloads().size()) {
        throw unknown();
      }
      before = found;
      int size = (int) cursor.head(BYTE_STRING, Integer.MAX_VALUE);
      if (found == index) {
        return new Place(cursor.at, size);
      }
      cursor.at += size;
    }
    throw new ModuleException(
        ModuleCodes.PAYLOAD_ABSENT, "payload " + index, "the file does not carry it");
  }

  private static ModuleException unknown() {
    return new ModuleException(
        ModuleCodes.UNKNOWN_KEY, "envelope", "a key is not known, or stands in the wrong place");
  }

  /// A place in the file.
  private static final class Cursor {

    private final ModuleReceiver.Source source;
    private long at;

    Cursor(ModuleReceiver.Source source, long at) {
      this.source = source;
      this.at = at;
    }

    int next() throws IOException {
      Bytes read = source.read(at, 1);
      if (read.isEmpty()) {
        throw new ModuleException(ModuleCodes.MALFORMED, "module", "it is cut off");
      }
      at++;
      return read.at(0);
    }

    void key(int expected) throws IOException {
      if (next() != expected) {
        throw unknown();
      }
    }

    /// The length of an array, a map or a byte string.
    long head(int major, long most) throws IOException {
      int initial = next();
      int low = initial & 31;
      if (initial >> 5 != major || low > 26) {
        throw Fields.wrong("envelope", "byte %,d is none that stands there".formatted(at - 1));
      }
      if (low < 24) {
        return low;
      }
      int size = 1 << low - 24;
      long value = 0;
      for (int i = 0; i < size; i++) {
        value = value << 8 | next();
      }
      if (value < 24 || size > 1 && value >>> 4 * size == 0) {
        throw new ModuleException(
            ModuleCodes.NOT_CANONICAL, "envelope", "a length is not in its shortest form");
      }
      if (value > most) {
        throw new ModuleException(ModuleCodes.LIMIT, "envelope", "a length is beyond its limit");
      }
      return value;
    }

    Bytes bytes(int most, String what) throws IOException {
      int size = (int) head(BYTE_STRING, Integer.MAX_VALUE);
      if (size > most) {
        throw new ModuleException(
            ModuleCodes.LIMIT, what, "it has more than %,d bytes".formatted(most));
      }
      Bytes all = Bytes.EMPTY;
      while (all.size() < size) {
        Bytes more = source.read(at, size - all.size());
        if (more.isEmpty()) {
          throw new ModuleException(ModuleCodes.MALFORMED, what, "it is cut off");
        }
        all = all.then(more);
        at += more.size();
      }
      return all;
    }
  }
}
