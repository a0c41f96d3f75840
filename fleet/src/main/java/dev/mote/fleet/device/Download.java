package dev.mote.fleet.device;

import dev.mote.fleet.coap.Block;
import dev.mote.fleet.coap.CoapMessage;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A package that a device fetches block by block (RFC 7959, section 2.4), from where it stopped
/// before.
final class Download {

  private static final int MOST_TRIES = 4;

  private final Conversation conversation;
  private final List<String> path;
  private final Sink sink;
  private int exponent;
  private long offset;
  private int tries;
  private boolean isOver;
  private byte @Nullable [] tag;

  private Download(
      Conversation conversation, List<String> path, long from, int exponent, Sink sink) {
    this.conversation = conversation;
    this.path = path;
    this.offset = from;
    this.exponent = exponent;
    this.sink = sink;
  }

  /// Begins to fetch a package, in what comes next on the loop of the device.
  ///
  /// @param from bytes that are there already
  static Download begin(VirtualDevice device, String uri, long from, Sink sink) {
    Optional<List<String>> path = coapPath(uri);
    Download download =
        new Download(
            device.conversation(),
            path.orElse(List.of()),
            from,
            device.setting().blockExponent(),
            sink);
    device
        .loop()
        .execute(
            () -> {
              if (path.isPresent()) {
                download.next();
              } else {
                sink.failed(Outcome.BAD_URI);
              }
            });
    return download;
  }

  /// The segments of the path; empty when this is no URI of CoAP.
  private static Optional<List<String>> coapPath(String uri) {
    try {
      URI parsed = new URI(uri);
      if (!"coap".equals(parsed.getScheme()) && !"coaps".equals(parsed.getScheme())) {
        return Optional.empty();
      }
      String path = parsed.getPath() == null ? "" : parsed.getPath();
      return Optional.of(Arrays.stream(path.split("/", -1)).filter(s -> !s.isEmpty()).toList());
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  /// Takes what is fetched.
  interface Sink {
    /// @return whether to go on
    boolean took(long offset, byte[] bytes, boolean more);

    void failed(Outcome why);
  }

  void cancel() {
    isOver = true;
  }

  private void next() {
    CoapMessage get = conversation.confirmable(CoapMessage.GET);
    path.forEach(segment -> get.option(CoapMessage.URI_PATH, segment));
    int number = (int) (offset >> exponent + 4);
    get.option(CoapMessage.BLOCK2, new Block(number, false, exponent).value());
    conversation.request(get, this::answered);
  }

  private void answered(Optional<CoapMessage> answer) {
    if (isOver) {
      return;
    }
    if (answer.isEmpty() || answer.get().code() >> 5 == 5) {
      again();
      return;
    }
    CoapMessage response = answer.get();
    if (!response.isSuccess()) {
      fail(Outcome.BAD_URI);
      return;
    }
    Optional<Block> block = Block.in(response, CoapMessage.BLOCK2);
    byte[] shown = response.value(CoapMessage.ETAG).orElse(new byte[0]);
    if (tag != null && !Arrays.equals(tag, shown)) {
      fail(Outcome.DAMAGED);
      return;
    }
    tag = shown;
    long begin = block.map(Block::offset).orElse(0L);
    if (begin > offset) {
      again();
      return;
    }
    tries = 0;
    exponent = Math.min(exponent, block.map(Block::exponent).orElse(exponent));
    boolean more = block.map(Block::more).orElse(false);
    byte[] bytes = response.payload();
    if (sink.took(begin, bytes, more)) {
      offset = Math.max(offset, begin + bytes.length);
      if (!isOver) {
        next();
      }
    } else {
      isOver = true;
    }
  }

  private void again() {
    if (++tries == MOST_TRIES) {
      fail(Outcome.CONNECTION_LOST);
    } else {
      next();
    }
  }

  private void fail(Outcome why) {
    isOver = true;
    sink.failed(why);
  }
}
