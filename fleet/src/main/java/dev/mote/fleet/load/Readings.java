package dev.mote.fleet.load;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.content.Entry;
import dev.mote.fleet.content.Format;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a server reads of a device: the same of all of them, prepared once.
final class Readings {

  private static final int DEVICE = 3;
  private static final int SOFTWARE = 9;
  private static final int INFERENCE = 33_457;
  private static final int MODULE = 33_458;

  private static final Map<String, byte[]> PAYLOADS =
      Map.of(
          "3/0",
          instance(
              Entry.of(DEVICE, 0, 0, "Example"),
              Entry.of(DEVICE, 0, 1, "load"),
              Entry.of(DEVICE, 0, 3, "1.0"),
              Entry.of(DEVICE, 0, 10, 96L),
              Entry.of(DEVICE, 0, 16, "U")),
          "9",
          object(
              Entry.of(SOFTWARE, 0, 0, ""),
              Entry.of(SOFTWARE, 0, 1, ""),
              Entry.of(SOFTWARE, 0, 7, 0L),
              Entry.of(SOFTWARE, 0, 9, 0L)),
          "33457/0",
          instance(
              Entry.of(INFERENCE, 0, 0, "armv7e-m"),
              new Entry(INFERENCE, 0, 1, 0, "dsp"),
              Entry.of(INFERENCE, 0, 2, "cortex-m4"),
              Entry.of(INFERENCE, 0, 5, 96L << 10),
              Entry.of(INFERENCE, 0, 7, 512L << 10),
              Entry.of(INFERENCE, 0, 8, 1L),
              new Entry(INFERENCE, 0, 10, 0, "native"),
              Entry.of(INFERENCE, 0, 14, "cortex-m4")),
          "33458",
          object(Entry.of(MODULE, 0, 4, 0L), Entry.of(MODULE, 0, 7, 0L)));

  private Readings() {}

  private static byte[] instance(Entry... values) {
    return Format.SENML_CBOR.encode(List.of(values), 2);
  }

  private static byte[] object(Entry... values) {
    return Format.SENML_CBOR.encode(List.of(values), 1);
  }

  /// Answers a request to read; empty when it is something else.
  static Optional<CoapMessage> answer(CoapMessage request) {
    if (request.code() != CoapMessage.GET || request.has(CoapMessage.OBSERVE)) {
      return Optional.empty();
    }
    byte[] payload = PAYLOADS.get(String.join("/", request.texts(CoapMessage.URI_PATH)));
    return Optional.ofNullable(payload)
        .map(
            bytes ->
                CoapMessage.of(
                        CoapMessage.ACK, CoapMessage.code(2, 5), request.id(), request.token())
                    .option(CoapMessage.CONTENT_FORMAT, Format.SENML_CBOR.number())
                    .payload(bytes));
  }
}
