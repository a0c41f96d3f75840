package dev.mote.fleet.device;

import dev.mote.fleet.coap.Block;
import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.content.ContentProblem;
import dev.mote.fleet.content.Entry;
import dev.mote.fleet.content.Format;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Answers the requests of a server: Read, Write, Execute, Observe, Discover, Write-Attributes.
final class Questions {

  private static final int CONTENT = CoapMessage.code(2, 5);
  private static final int NOT_ACCEPTABLE = CoapMessage.code(4, 6);
  private static final int BAD_OPTION = CoapMessage.code(4, 2);
  private static final int BAD_FORMAT = CoapMessage.code(4, 15);
  private static final int LONGEST_ANSWER = 1024;
  private static final int LAST_ID = 65_534;

  private final VirtualDevice device;

  Questions(VirtualDevice device) {
    this.device = device;
  }

  Optional<CoapMessage> answer(CoapMessage request) {
    if (request
        .unknownCritical(
            CoapMessage.URI_PATH,
            CoapMessage.URI_QUERY,
            CoapMessage.ACCEPT,
            CoapMessage.BLOCK1,
            CoapMessage.BLOCK2,
            3,
            7)
        .isPresent()) {
      return Optional.of(reply(request, BAD_OPTION));
    }
    Optional<List<Integer>> path = path(request);
    if (path.isEmpty()) {
      return Optional.of(reply(request, UpdateSlot.NOT_FOUND));
    }
    List<Integer> ids = path.get();
    return switch (request.code()) {
      case CoapMessage.GET -> Optional.of(read(request, ids));
      case CoapMessage.PUT -> written(request, ids);
      case CoapMessage.POST ->
          ids.size() == 3 && !request.has(CoapMessage.BLOCK1) && !isValue(request)
              ? execute(request, ids)
              : written(request, ids);
      default -> Optional.of(reply(request, UpdateSlot.NOT_ALLOWED));
    };
  }

  private static boolean isValue(CoapMessage request) {
    return request.number(CoapMessage.CONTENT_FORMAT).orElse(0) != 0;
  }

  /// The ids of the path; empty when it has something else, or none.
  private static Optional<List<Integer>> path(CoapMessage request) {
    List<Integer> ids = new ArrayList<>();
    try {
      for (String segment : request.texts(CoapMessage.URI_PATH)) {
        ids.add(Integer.parseInt(segment));
      }
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    boolean isPath =
        !ids.isEmpty() && ids.size() <= 4 && ids.stream().allMatch(id -> id >= 0 && id <= LAST_ID);
    return isPath ? Optional.of(ids) : Optional.empty();
  }

  private CoapMessage reply(CoapMessage request, int code) {
    return request.type() == CoapMessage.CON
        ? CoapMessage.of(CoapMessage.ACK, code, request.id(), request.token())
        : CoapMessage.of(CoapMessage.NON, code, device.conversation().id(), request.token());
  }

  private CoapMessage read(CoapMessage request, List<Integer> path) {
    int accept = request.number(CoapMessage.ACCEPT).orElse(device.setting().usual().number());
    List<Entry> values = device.resources().read(path);
    if (values.isEmpty()) {
      return reply(request, UpdateSlot.NOT_FOUND);
    }
    if (accept == Format.LINKS.number()) {
      byte[] links = device.resources().discover(path).getBytes(StandardCharsets.UTF_8);
      return content(request, Format.LINKS, links);
    }
    Optional<Format> format = Format.of(accept).filter(f -> f.takes(values, path.size()));
    if (format.isEmpty()) {
      return reply(request, NOT_ACCEPTABLE);
    }
    CoapMessage answer = content(request, format.get(), format.get().encode(values, path.size()));
    OptionalInt observe = request.number(CoapMessage.OBSERVE);
    if (observe.isPresent() && observe.getAsInt() == 1) {
      device.observations().remove(path, request.token());
    } else if (observe.isPresent()
        && observe.getAsInt() == 0
        && device.observations().add(path, request.token(), format.get())) {
      answer.option(CoapMessage.OBSERVE, 1);
    }
    return answer;
  }

  /// A response with a payload, or with the part of it that was asked for.
  private CoapMessage content(CoapMessage request, Format format, byte[] payload) {
    CoapMessage answer = reply(request, CONTENT);
    answer.option(CoapMessage.CONTENT_FORMAT, format.number());
    Block asked = Block.in(request, CoapMessage.BLOCK2).orElse(new Block(0, false, Block.LARGEST));
    if (payload.length <= Math.min(asked.size(), LONGEST_ANSWER) && asked.number() == 0) {
      return answer.payload(payload);
    }
    if (asked.offset() >= payload.length) {
      return reply(request, UpdateSlot.BAD_REQUEST);
    }
    int from = (int) asked.offset();
    int to = Math.min(payload.length, from + asked.size());
    Block block = new Block(asked.number(), to < payload.length, asked.exponent());
    return answer
        .option(CoapMessage.BLOCK2, block.value())
        .payload(Arrays.copyOfRange(payload, from, to));
  }

  private Optional<CoapMessage> written(CoapMessage request, List<Integer> path) {
    boolean isAttributes =
        request.code() == CoapMessage.PUT
            && !request.has(CoapMessage.CONTENT_FORMAT)
            && request.payload().length == 0;
    if (isAttributes || path.size() < 2) {
      boolean isThere = isAttributes && !device.resources().read(path).isEmpty();
      int code =
          !isAttributes
              ? UpdateSlot.NOT_ALLOWED
              : isThere ? UpdateSlot.CHANGED : UpdateSlot.NOT_FOUND;
      return Optional.of(reply(request, code));
    }
    Optional<UpdateSlot> slot = device.resources().packageAt(path);
    if (slot.isPresent() && request.number(CoapMessage.CONTENT_FORMAT).orElse(42) == 42) {
      return part(request, slot.get());
    }
    if (request.has(CoapMessage.BLOCK1)) {
      Optional<Block> block = Block.in(request, CoapMessage.BLOCK1);
      if (block.isEmpty() || block.get().number() > 0 || block.get().more()) {
        return Optional.of(reply(request, CoapMessage.code(4, 13)));
      }
    }
    Optional<Format> format =
        Format.of(request.number(CoapMessage.CONTENT_FORMAT).orElse(0))
            .filter(f -> f != Format.LINKS);
    if (format.isEmpty()) {
      return Optional.of(reply(request, BAD_FORMAT));
    }
    try {
      int code = device.resources().write(format.get().decode(request.payload(), path));
      return code == UpdateSlot.SILENCE ? Optional.empty() : Optional.of(reply(request, code));
    } catch (ContentProblem e) {
      return Optional.of(reply(request, UpdateSlot.BAD_REQUEST));
    }
  }

  /// A block of a package.
  private Optional<CoapMessage> part(CoapMessage request, UpdateSlot slot) {
    Optional<Block> block = Block.in(request, CoapMessage.BLOCK1);
    if (block.isEmpty() && request.has(CoapMessage.BLOCK1)) {
      return Optional.of(reply(request, UpdateSlot.BAD_REQUEST));
    }
    int own = device.setting().blockExponent();
    Block sent = block.orElse(new Block(0, false, own));
    if (sent.exponent() > own && sent.number() == 0 && sent.more()) {
      // Smaller blocks, please; of this one the beginning counts.
      Block smaller = new Block(0, true, own);
      byte[] begin = Arrays.copyOf(request.payload(), smaller.size());
      int code = slot.write(begin, 0, true, request.number(CoapMessage.SIZE1));
      return answered(request, code, Optional.of(smaller));
    }
    int code =
        slot.write(
            request.payload(), sent.offset(), sent.more(), request.number(CoapMessage.SIZE1));
    return answered(request, code, block);
  }

  private Optional<CoapMessage> answered(CoapMessage request, int code, Optional<Block> block) {
    if (code == UpdateSlot.SILENCE) {
      return Optional.empty();
    }
    CoapMessage answer = reply(request, code);
    block.ifPresent(b -> answer.option(CoapMessage.BLOCK1, b.value()));
    return Optional.of(answer);
  }

  private Optional<CoapMessage> execute(CoapMessage request, List<Integer> path) {
    int code =
        device.resources().execute(path, new String(request.payload(), StandardCharsets.UTF_8));
    return code == UpdateSlot.SILENCE ? Optional.empty() : Optional.of(reply(request, code));
  }
}
