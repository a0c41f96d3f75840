package dev.mote.fleet.load;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.content.Entry;
import dev.mote.fleet.content.Format;
import java.util.List;

/// A notification whose sequence number can be changed in its bytes.
final class Notification {

  private static final int SENML_CBOR = Format.SENML_CBOR.number();
  private static final byte[] VALUE =
      Format.SENML_CBOR.encode(List.of(Entry.of(33_458, 0, 7, 123_456L)), 3);

  private static final int HEADER_BYTES = 4;
  private static final int FIRST_SEQUENCE = 1 << 16;

  private Notification() {}

  /// Confirmable, for an observation of this token.
  static byte[] of(byte[] token) {
    return CoapMessage.of(CoapMessage.CON, CoapMessage.code(2, 5), 0, token)
        .option(CoapMessage.OBSERVE, FIRST_SEQUENCE)
        .option(CoapMessage.CONTENT_FORMAT, SENML_CBOR)
        .payload(VALUE)
        .bytes();
  }

  /// The answer to the request to observe.
  static CoapMessage first(CoapMessage request) {
    return CoapMessage.of(CoapMessage.ACK, CoapMessage.code(2, 5), request.id(), request.token())
        .option(CoapMessage.OBSERVE, 1)
        .option(CoapMessage.CONTENT_FORMAT, SENML_CBOR)
        .payload(VALUE);
  }

  /// Observe is the first option, in three bytes.
  static void sequence(byte[] datagram, int number) {
    int at = HEADER_BYTES + (datagram[0] & 15) + 1;
    datagram[at] = (byte) (number + FIRST_SEQUENCE >> 16);
    datagram[at + 1] = (byte) (number >> 8);
    datagram[at + 2] = (byte) number;
  }
}
