package dev.mote.orchestration.gateway;

import dev.mote.orchestration.gateway.Calls.SilentException;
import dev.mote.orchestration.gateway.Calls.UnreachableException;
import dev.mote.orchestration.gateway.GatewayStack.OneBlock;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.BlockOption;

/// Writes a package block by block (RFC 7959), from where the device is believed to be.
///
/// A device that cannot go on there answers 4.08, or 4.02 or 4.00 to a block that it did not
/// expect: it gets all from the start.
final class Pushing {

  private static final int MOST_RESTARTS = 2;
  private static final long PROGRESS_NANOS = 500_000_000L;

  private final Calls calls;
  private final Packages packages;
  private final DeviceListener listener;

  Pushing(Calls calls, Packages packages, DeviceListener listener) {
    this.calls = calls;
    this.packages = packages;
    this.listener = listener;
  }

  Answer push(Session session, UUID id, Request.Push push)
      throws SilentException, UnreachableException, InterruptedException, IOException {
    int szx = session.blockSzx();
    long offset = Math.max(push.from(), session.pushedBytes(id));
    boolean isAnew = offset == 0;
    int restarts = 0;
    long told = System.nanoTime();
    while (!session.isCancelled()) {
      int length = 16 << szx;
      offset -= offset % length;
      Optional<Packages.Part> found = packages.part(push.sha256(), offset, length);
      if (found.isEmpty() || found.get().size() == 0) {
        return new Answer.Unsent("there is no package " + push.sha256());
      }
      long size = found.get().size();
      byte[] block = found.get().bytes();
      if (block.length == 0) {
        offset = size - 1;
        continue;
      }
      boolean more = offset + block.length < size;
      Response response;
      try {
        response = calls.call(session, block(session, push, szx, offset, more, size, block));
      } catch (SilentException e) {
        if (session.isCancelled() || !session.triesSmallerBlocks() || session.queueMode()) {
          throw e;
        }
        szx = Math.min(szx, session.blockSzx());
        continue;
      }
      session.tookBlock();
      int code = Errands.code(response);
      BlockOption asked = response.getOptions().getBlock1();
      int smaller = asked == null ? szx : Math.min(szx, asked.getSzx());
      if (response.isSuccess()) {
        offset += block.length;
        isAnew = true;
        szx = smaller;
        session.pushed(id, offset);
        if (!more || System.nanoTime() - told > PROGRESS_NANOS) {
          told = System.nanoTime();
          listener.on(new DeviceEvent.Moved(session.endpoint, id, offset));
        }
        if (!more) {
          return Answer.Received.of(code, response.getPayloadString());
        }
      } else if (response.getCode() == ResponseCode.REQUEST_ENTITY_TOO_LARGE
          && offset == 0
          && smaller < szx) {
        szx = smaller;
      } else if (offset > 0 && restarts < MOST_RESTARTS && isOutOfStep(response, isAnew)) {
        restarts++;
        offset = 0;
        session.pushed(id, 0);
        listener.on(new DeviceEvent.Moved(session.endpoint, id, 0));
      } else {
        return Answer.Received.of(code, response.getPayloadString());
      }
    }
    return new Answer.Unsent("cancelled");
  }

  /// @param isAnew whether the device has taken a block in this push: before that, other errors
  ///     may mean as well that it knows nothing of the blocks before
  private static boolean isOutOfStep(Response response, boolean isAnew) {
    return switch (response.getCode()) {
      // Not Found: it takes blocks, and has forgotten that it took some.
      case REQUEST_ENTITY_INCOMPLETE, NOT_FOUND -> true;
      case BAD_REQUEST, BAD_OPTION, NOT_ACCEPTABLE, PRECONDITION_FAILED, CONFLICT -> !isAnew;
      default -> false;
    };
  }

  private static OneBlock block(
      Session session,
      Request.Push push,
      int szx,
      long offset,
      boolean more,
      long size,
      byte[] bytes) {
    OneBlock request = new OneBlock(Code.PUT);
    Errands.path(session, request, NodePath.of(push.path()));
    request.getOptions().setContentFormat(Content.OPAQUE);
    request.getOptions().setBlock1(szx, more, (int) (offset >> szx + 4));
    if (offset == 0 && size <= Integer.MAX_VALUE) {
      request.getOptions().setSize1((int) size);
    }
    request.setPayload(bytes);
    return request;
  }
}
