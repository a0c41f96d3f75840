package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.ResourcePath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Payloads of LwM2M, by the number of their content format.
public final class Content {

  static final int TEXT = 0;
  public static final int LINKS = 40;
  static final int OPAQUE = 42;
  static final int CBOR = 60;
  public static final int SENML_JSON = 110;
  public static final int SENML_CBOR = 112;
  public static final int TLV = 11_542;
  static final int JSON = 11_543;

  /// What formats were called before they had their numbers; some devices still do.
  private static final int OLD_TLV = 1_542;

  private static final int OLD_TEXT = 1_541;
  private static final int OLD_JSON = 1_543;

  /// The largest body that is put together from blocks.
  static final int LARGEST_BODY = 32 * 1024;

  private Content() {}

  /// Reads a payload.
  ///
  /// @param format -1 when the device tells none
  /// @param base what was asked for
  static List<Measurement> read(int format, byte[] payload, NodePath base, Instant now)
      throws BadContentException {
    if (payload.length > LARGEST_BODY) {
      throw new BadContentException("a payload of " + payload.length + " bytes");
    }
    return switch (format) {
      case TLV, OLD_TLV -> Tlv.read(payload, base);
      case SENML_CBOR -> SenmlCbor.read(payload, now);
      case SENML_JSON -> SenmlJson.read(payload, now);
      case JSON, OLD_JSON -> SenmlJson.readOld(payload, base, now);
      case OPAQUE -> single(base, Value.of(payload));
      case CBOR -> {
        Object value = SenmlCbor.single(payload);
        ResourceKind kind = ResourceKind.of(resource(base));
        yield single(
            base,
            switch (value) {
              case Long whole -> kind.number(whole, true, whole);
              case Double number -> kind.number(number, false, 0);
              default -> Value.of(value);
            });
      }
      case TEXT, OLD_TEXT, -1 -> single(base, text(payload, ResourceKind.of(resource(base))));
      default -> throw new BadContentException("content format " + format + " is unknown");
    };
  }

  /// Values by their resources.
  static Map<ResourcePath, List<Value>> grouped(List<Measurement> measurements) {
    Map<ResourcePath, List<Value>> values = new TreeMap<>();
    for (Measurement measurement : measurements) {
      values.computeIfAbsent(measurement.path(), _ -> new ArrayList<>()).add(measurement.value());
    }
    return values;
  }

  private static List<Measurement> single(NodePath base, Value value) throws BadContentException {
    return List.of(new Measurement(resource(base), Optional.empty(), value));
  }

  private static ResourcePath resource(NodePath base) throws BadContentException {
    if (!base.isResource()) {
      throw new BadContentException("one value for all of " + base);
    }
    return base.resource();
  }

  private static Value text(byte[] payload, ResourceKind kind) throws BadContentException {
    String text = new String(payload, StandardCharsets.UTF_8);
    try {
      return switch (kind) {
        case WHOLE, UNSIGNED -> new Value.Whole(Long.parseLong(text.strip()));
        case DECIMAL -> new Value.Decimal(Double.parseDouble(text.strip()));
        case FLAG ->
            switch (text.strip().toLowerCase(Locale.ROOT)) {
              case "1", "true" -> new Value.Flag(true);
              case "0", "false" -> new Value.Flag(false);
              default -> throw new BadContentException("neither 0 nor 1: " + text);
            };
        case BYTES -> Value.of(Base64.getMimeDecoder().decode(text));
        case TEXT, LINK, UNKNOWN -> new Value.Text(text);
      };
    } catch (IllegalArgumentException e) {
      throw new BadContentException(
          "not a value of its kind: " + text.substring(0, Math.min(40, text.length())), e);
    }
  }

  /// Formats to write `values` in, in the order to try them.
  ///
  /// @param isFirstVersion whether the device speaks LwM2M 1.0, which has no SenML, and of whose
  ///     devices some know TLV by its older number only
  static List<Integer> formats(Request.Write write, boolean isFirstVersion) {
    List<Value> only = write.values().values().iterator().next();
    List<Integer> formats = new ArrayList<>();
    if (!write.path().isResource() || only.size() != 1) {
      formats.add(TLV);
    } else if (only.getFirst() instanceof Value.Bytes) {
      formats.addAll(List.of(OPAQUE, TLV));
    } else {
      formats.addAll(List.of(TLV, TEXT));
    }
    formats.addAll(isFirstVersion ? List.of(OLD_TLV) : List.of(SENML_CBOR, SENML_JSON));
    return formats;
  }

  /// The payload that writes `values`.
  public static byte[] write(int format, Map<ResourcePath, List<Value>> values) {
    return switch (format) {
      case TLV, OLD_TLV -> Tlv.write(values);
      case SENML_CBOR -> SenmlCbor.write(values);
      case SENML_JSON -> SenmlJson.write(values);
      case OPAQUE, TEXT -> plain(values.values().iterator().next().getFirst());
      default -> throw new IllegalArgumentException("nothing is written in format " + format);
    };
  }

  private static byte[] plain(Value value) {
    return switch (value) {
      case Value.Bytes bytes -> bytes.toArray();
      case Value.Flag flag -> new byte[] {(byte) (flag.flag() ? '1' : '0')};
      case Value.Text text -> text.text().getBytes(StandardCharsets.UTF_8);
      case Value.Whole whole -> Long.toString(whole.number()).getBytes(StandardCharsets.UTF_8);
      case Value.Decimal decimal ->
          Double.toString(decimal.number()).getBytes(StandardCharsets.UTF_8);
    };
  }
}
