package dev.mote.orchestration.gateway;

import java.time.Instant;
import java.util.List;

/// What a device tells as a SenML pack (RFC 8428) over any transport, with the names that LwM2M
/// gives to resources: `/3303/0/5700`.
public final class Senml {

  private Senml() {}

  /// Reads a pack. Everything in it is checked; it has at most 1,024 records.
  ///
  /// @param isCbor whether it is CBOR; else JSON
  /// @param now what times in the pack may be relative to
  public static List<Measurement> read(boolean isCbor, byte[] payload, Instant now)
      throws BadContentException {
    if (payload.length > Content.LARGEST_BODY) {
      throw new BadContentException("a payload of " + payload.length + " bytes");
    }
    return isCbor ? SenmlCbor.read(payload, now) : SenmlJson.read(payload, now);
  }
}
