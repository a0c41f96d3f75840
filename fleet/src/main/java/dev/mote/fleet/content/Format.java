package dev.mote.fleet.content;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// How values travel, with the numbers of CoAP's content formats.
public enum Format {
  TEXT(0),
  LINKS(40),
  OPAQUE(42),
  SENML_CBOR(112),
  TLV(11_542);

  /// A path that ends with a resource's instance.
  private static final int TO_ITEM = 4;

  private static final int TO_RESOURCE = 3;

  private final int number;

  Format(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  public static Optional<Format> of(int number) {
    return Arrays.stream(values()).filter(format -> format.number == number).findFirst();
  }

  /// Whether values of a path of this many ids can travel like this.
  public boolean takes(List<Entry> values, int depth) {
    return switch (this) {
      case TEXT, OPAQUE ->
          values.size() == 1
              && (depth == TO_ITEM
                  || depth == TO_RESOURCE && values.getFirst().item() == Entry.SINGLE)
              && values.getFirst().value() instanceof byte[] == (this == OPAQUE);
      case SENML_CBOR, TLV -> true;
      case LINKS -> false;
    };
  }

  /// The payload with `values`, which all lie below a path of `depth` ids.
  public byte[] encode(List<Entry> values, int depth) {
    return switch (this) {
      case TEXT -> text(values.getFirst().value()).getBytes(StandardCharsets.UTF_8);
      case OPAQUE -> values.getFirst().bytes();
      case SENML_CBOR -> SenmlCbor.encode(values);
      case TLV -> Tlv.encode(values, depth);
      case LINKS -> throw new IllegalArgumentException("links are no values");
    };
  }

  /// The values in `payload`, which was written to `path`.
  ///
  /// @param path ids, two to four of them
  public List<Entry> decode(byte[] payload, List<Integer> path) throws ContentProblem {
    return switch (this) {
      case TEXT, OPAQUE -> {
        if (path.size() < TO_RESOURCE) {
          throw new ContentProblem("one value cannot be written to an instance");
        }
        Object value = this == TEXT ? new String(payload, StandardCharsets.UTF_8) : payload;
        int item = path.size() == TO_ITEM ? path.get(TO_RESOURCE) : Entry.SINGLE;
        yield List.of(new Entry(path.get(0), path.get(1), path.get(2), item, value));
      }
      case SENML_CBOR -> SenmlCbor.decode(payload);
      case TLV -> Tlv.decode(payload, path);
      case LINKS -> throw new ContentProblem("links cannot be written");
    };
  }

  private static String text(Object value) {
    return value instanceof Boolean flag ? flag ? "1" : "0" : value.toString();
  }
}
