package dev.mote.fleet.device;

import dev.mote.fleet.coap.Block;
import dev.mote.fleet.coap.CoapMessage;
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
  private final List<String> query;
  private final Sink sink;
  private int exponent;
  private long offset;
  private int tries;
  private boolean isOver;
  private byte @Nullable [] tag;

  /// @param from bytes that are there already
  /// @param exponent size of the blocks asked for
  Download(
      Conversation conversation,
      List<String> path,
      List<String> query,
      long from,
      int exponent,
      Sink sink) {
    this.conversation = conversation;
    this.path = path;
    this.query = query;
    this.offset = from;
    this.exponent = exponent;
    this.sink = sink;
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

  void next() {
    CoapMessage get = conversation.confirmable(CoapMessage.GET);
    path.forEach(segment -> get.option(CoapMessage.URI_PATH, segment));
    query.forEach(part -> get.option(CoapMessage.URI_QUERY, part));
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
