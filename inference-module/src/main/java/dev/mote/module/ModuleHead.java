package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import java.io.IOException;
import java.util.Optional;

/// What stands before the payloads of a module, read in order and no further than that; nothing of
/// it is looked at yet.
///
/// @param authentication what stands in it
/// @param manifest the manifest's bytes
/// @param transports how payloads travel; none when all do as they are
/// @param firstPayload where the key of the first payload stands, in bytes from the start
/// @param payloads how many payloads follow
record ModuleHead(
    Bytes authentication,
    Bytes manifest,
    Optional<Bytes> transports,
    long firstPayload,
    int payloads) {

  private static final int FEWEST_ENTRIES = 0xa2;
  private static final int MOST_ENTRIES = 0xab;
  private static final int BYTE_STRING = 2;
  private static final int MOST_BYTES = 1 << 27;

  /// Where a payload lies in the file.
  ///
  /// @param offset of its first byte
  /// @param size in bytes, as it travels
  record Place(long offset, int size) {}

  static ModuleHead read(ModuleReceiver.Source source) throws IOException {
    Cursor cursor = new Cursor(source, 0);
    if (cursor.next() != 0xd8 || cursor.next() != Keys.ENVELOPE_TAG) {
      throw new ModuleException(
          ModuleCodes.NOT_A_MODULE, "module", "it does not start with the tag of an envelope");
    }
    int entries = cursor.next();
    if (entries < FEWEST_ENTRIES || entries > MOST_ENTRIES) {
      throw Fields.wrong("envelope", "it is not a map of 2 to 11 entries");
    }
    cursor.key(Keys.AUTHENTICATION);
    Bytes authentication = cursor.bytes(Authentication.MOST_BYTES, "authentication");
    cursor.key(Keys.MANIFEST);
    Bytes manifest = cursor.bytes(ModuleFile.MOST_MANIFEST_BYTES, "manifest");
    int payloads = entries - FEWEST_ENTRIES;
    Optional<Bytes> transports = Optional.empty();
    if (payloads > 0 && cursor.peek() == 0x38) {
      cursor.key(0x38);
      cursor.key(0xff);
      transports = Optional.of(cursor.bytes(ModuleReader.MOST_TRANSPORT_BYTES, "transports"));
      payloads--;
    }
    long first = cursor.at;
    if (payloads > 0) {
      cursor.key(0x62);
      cursor.key('#');
      cursor.next();
    }
    return new ModuleHead(authentication, manifest, transports, first, payloads);
  }

  /// Where payload `index` lies.
  ///
  /// @param count how many payloads the manifest has
  Place find(ModuleReceiver.Source source, int index, int count) throws IOException {
    Cursor cursor = new Cursor(source, firstPayload);
    int before = -1;
    for (int i = 0; i < payloads; i++) {
      cursor.key(0x62);
      cursor.key('#');
      int found = cursor.next() - '0';
      if (found <= before || found >= count) {
        throw unknown();
      }
      before = found;
      int size = (int) cursor.head(BYTE_STRING, MOST_BYTES);
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

    int peek() throws IOException {
      int next = next();
      at--;
      return next;
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
