package dev.mote.orchestration.gateway;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.californium.core.coap.MessageObserver;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;

/// Sends requests to devices and waits for the answers. Made for virtual threads.
final class Calls {

  /// Nothing came back.
  static final class SilentException extends Exception {
    private static final long serialVersionUID = 1L;

    SilentException(String why) {
      super(why);
    }
  }

  /// The device must speak first.
  static final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreachableException(String why) {
      super(why);
    }
  }

  private final long longestNanos;
  private final Sessions sessions;
  private volatile boolean closed;

  /// @param ackTime first time to wait for an acknowledgement
  /// @param answerTime how long an answer may take after that
  Calls(Sessions sessions, Duration ackTime, Duration answerTime) {
    this.sessions = sessions;
    // MAX_TRANSMIT_WAIT of RFC 7252, 4.8.2.
    this.longestNanos = ackTime.toNanos() * 31 * 3 / 2 + answerTime.toNanos();
  }

  /// Ends the calls that are under way, and lets no new ones begin: what devices leave unanswered
  /// from now on says nothing about them.
  void close() {
    closed = true;
    // Whoever begins to wait after this finds it closed.
    sessions.stopWaiting();
  }

  /// Sends a request and waits for what the device answers.
  ///
  /// @throws InterruptedException also when this is closed before the answer
  Response call(Session session, Request request)
      throws SilentException, UnreachableException, InterruptedException {
    Session.Way way = session.way();
    if (way == null) {
      throw new UnreachableException("it has not spoken since the start");
    }
    CompletableFuture<Response> answer = new CompletableFuture<>();
    request.setDestinationContext(way.context());
    request.addMessageObserver(new Waiting(answer));
    session.waitsFor(answer);
    if (session.isEnded()) {
      // Its requests are another session's now, which may have sent this one already.
      throw new SilentException("it registered anew meanwhile");
    }
    try {
      if (closed) {
        throw closing();
      }
      way.door().sendRequest(request);
      Response response = answer.get(longestNanos, TimeUnit.NANOSECONDS);
      sessions.heard(session, way.door(), response.getSourceContext());
      return response;
    } catch (TimeoutException | CancellationException e) {
      request.cancel();
      if (closed) {
        throw closing();
      }
      throw new SilentException(
          session.isEnded()
              ? "it registered anew meanwhile"
              : "it acknowledged, and did not answer");
    } catch (InterruptedException e) {
      request.cancel();
      throw e;
    } catch (ExecutionException e) {
      if (closed) {
        throw closing();
      }
      if (e.getCause() instanceof SilentException silent) {
        throw silent;
      }
      throw new UnreachableException("there is no connection: " + e.getMessage());
    } finally {
      session.waitsFor(null);
    }
  }

  private static InterruptedException closing() {
    return new InterruptedException("the gateway closes");
  }

  private record Waiting(CompletableFuture<Response> answer) implements MessageObserver {

    @Override
    public void onResponse(Response response) {
      answer.complete(response);
    }

    @Override
    public void onReject() {
      answer.completeExceptionally(new SilentException("it rejected the message"));
    }

    @Override
    public void onTimeout() {
      answer.completeExceptionally(new SilentException("it did not acknowledge"));
    }

    @Override
    public void onCancel() {
      answer.completeExceptionally(new SilentException("it was cancelled"));
    }

    @Override
    public void onSendError(Throwable error) {
      answer.completeExceptionally(error);
    }

    @Override
    public void onResponseHandlingError(Throwable cause) {
      answer.completeExceptionally(
          new SilentException("its answer is broken: " + cause.getMessage()));
    }

    @Override
    public boolean isInternal() {
      return false;
    }
  }
}
