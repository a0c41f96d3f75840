package dev.mote.fleet.load;

import dev.mote.fleet.coap.Block;
import dev.mote.fleet.coap.CoapMessage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Packages that arrive at many devices at once; only their digests are kept.
final class Packages {

  private final Map<Integer, Arriving> arriving = new HashMap<>();
  private final List<String> digests = new ArrayList<>();
  private long blocks;

  private static final class Arriving {
    private final MessageDigest digest;
    private long bytes;

    Arriving() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java platform has SHA-256", e);
      }
    }
  }

  /// Answers a block of a package; empty when the request is something else.
  Optional<CoapMessage> take(int device, CoapMessage request) {
    Optional<Block> block = Block.in(request, CoapMessage.BLOCK1);
    if (block.isEmpty()) {
      return Optional.empty();
    }
    long offset = block.get().offset();
    if (offset == 0) {
      arriving.put(device, new Arriving());
    }
    Arriving own = arriving.get(device);
    int code = CoapMessage.code(4, 8);
    if (own != null && offset <= own.bytes) {
      code = block.get().more() ? CoapMessage.code(2, 31) : CoapMessage.code(2, 4);
      if (offset == own.bytes) {
        blocks++;
        own.bytes += request.payload().length;
        own.digest.update(request.payload());
        if (!block.get().more()) {
          digests.add(HexFormat.of().formatHex(own.digest.digest()));
        }
      }
    }
    return Optional.of(
        CoapMessage.of(CoapMessage.ACK, code, request.id(), request.token())
            .option(CoapMessage.BLOCK1, block.get().value()));
  }

  long blocks() {
    return blocks;
  }

  int complete(String sha256) {
    return (int) digests.stream().filter(sha256::equals).count();
  }

  int damaged(String sha256) {
    return digests.size() - complete(sha256);
  }
}
