package dev.mote.orchestration.gateway;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.BlockOption;
import org.jspecify.annotations.Nullable;

/// How a small device takes a package: block after block, in blocks of its own size.
final class Flash implements Function<Request, @Nullable Response> {

  final ByteArrayOutputStream got = new ByteArrayOutputStream();

  /// Blocks that it takes before it stands still.
  final Semaphore blocks = new Semaphore(1_000_000);

  int largestSzx = 6;
  int received;
  volatile boolean isComplete;

  @Override
  public synchronized @Nullable Response apply(Request request) {
    BlockOption block = request.getOptions().getBlock1();
    if (!RawDevice.path(request).equals("/9/0/2") || block == null) {
      return new Response(ResponseCode.METHOD_NOT_ALLOWED);
    }
    if (!blocks.tryAcquire()) {
      return null;
    }
    if (block.getNum() == 0) {
      got.reset();
    } else if (block.getOffset() != got.size()) {
      return new Response(ResponseCode.REQUEST_ENTITY_INCOMPLETE);
    }
    received++;
    int szx = Math.min(largestSzx, block.getSzx());
    got.writeBytes(request.getPayload());
    Response response = new Response(block.isM() ? ResponseCode.CONTINUE : ResponseCode.CHANGED);
    response.getOptions().setBlock1(szx, block.isM(), block.getNum());
    isComplete = !block.isM();
    return response;
  }

  synchronized void lose() {
    got.reset();
  }
}
