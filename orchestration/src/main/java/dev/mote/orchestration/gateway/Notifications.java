package dev.mote.orchestration.gateway;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.BlockOption;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.interceptors.MessageInterceptor;
import org.eclipse.californium.elements.RawData;

/// The short way of notifications: by their token to the listener, without an exchange in memory.
///
/// What the exchange would do is done here: only the device of the observation is believed,
/// repetitions are acknowledged and not told again, older notifications than the last are dropped
/// (RFC 7641, 3.4), an unknown token is answered with a reset, which ends the observation. What
/// there is no room for is not acknowledged, and comes again (RFC 7252, 4.2).
final class Notifications implements MessageInterceptor {

  private static final System.Logger LOG = System.getLogger(Notifications.class.getName());
  private static final int ACKNOWLEDGEMENT = 0x60;
  private static final int RESET = 0x70;
  private static final int MOST_LOOKUPS = 256;

  private final CoapEndpoint door;
  private final GatewaySettings settings;
  private final Sessions sessions;
  private final Calls calls;
  private final Errands errands;
  private final DeviceListener listener;
  private final Executor workers;
  private final Semaphore lookups = new Semaphore(MOST_LOOKUPS);

  Notifications(
      CoapEndpoint door,
      GatewaySettings settings,
      Sessions sessions,
      Calls calls,
      Errands errands,
      DeviceListener listener,
      Executor workers) {
    this.door = door;
    this.settings = settings;
    this.sessions = sessions;
    this.calls = calls;
    this.errands = errands;
    this.listener = listener;
    this.workers = workers;
  }

  @Override
  public void receiveResponse(Response response) {
    Observed observed = sessions.observed(response.getToken());
    if (observed == null) {
      if (response.getOptions().hasObserve() && response.getType() != Type.ACK) {
        response.setCanceled(true);
        lookUp(response);
      }
    } else if (!observed.takesFirst(response.getMID(), sequence(response), System.nanoTime())
        && response.getType() != Type.ACK) {
      response.setCanceled(true);
      take(observed, response);
    }
  }

  private static int sequence(Response response) {
    Integer sequence = response.getOptions().getObserve();
    return sequence == null ? 0 : sequence;
  }

  /// An observation of before this process started, perhaps, or one of another process.
  private void lookUp(Response response) {
    if (!lookups.tryAcquire()) {
      // No acknowledgement: it comes again.
      return;
    }
    workers.execute(
        () -> {
          try {
            Optional<Observed> found =
                sessions.observedBefore(response.getToken(), response.getSourceContext());
            if (found.isEmpty()) {
              reply(response, RESET);
              return;
            }
            Session session = found.get().session;
            if (session.way() == null
                && session.identity().equals(Peers.name(response.getSourceContext()))) {
              sessions.heard(session, door, response.getSourceContext());
            }
            take(found.get(), response);
          } catch (RuntimeException e) {
            LOG.log(WARNING, "could not look for an observation", e);
          } finally {
            lookups.release();
          }
        });
  }

  private void take(Observed observed, Response response) {
    Session session = observed.session;
    if (!session.isFrom(response.getSourceContext())) {
      LOG.log(DEBUG, "a notification for {0} from somebody else", session.endpoint);
      return;
    }
    sessions.heard(session, door, response.getSourceContext());
    if (!response.isSuccess()) {
      // The resource is gone, and the observation with it.
      reply(response, ACKNOWLEDGEMENT);
      workers.execute(() -> sessions.forget(observed));
      return;
    }
    if (observed.isNew(response.getMID(), sequence(response), System.nanoTime())) {
      BlockOption block = response.getOptions().getBlock2();
      if (block != null && block.isM()) {
        fetch(observed);
      } else if (!deliver(observed, response)) {
        observed.forgetLast();
        return;
      }
    }
    reply(response, ACKNOWLEDGEMENT);
    errands.serve(session);
  }

  /// @return whether it is done with
  private boolean deliver(Observed observed, Response response) {
    List<Measurement> values;
    try {
      values =
          Content.read(
              response.getOptions().getContentFormat(),
              response.getPayload(),
              observed.path,
              settings.clock().instant());
    } catch (BadContentException e) {
      LOG.log(DEBUG, "{0} notifies nonsense: {1}", observed.session.endpoint, e.getMessage());
      return true;
    }
    try {
      listener.on(new DeviceEvent.Measured(observed.session.endpoint, values));
      return true;
    } catch (BusyException e) {
      LOG.log(DEBUG, "{0} must tell it again: {1}", observed.session.endpoint, e.getMessage());
      return false;
    } catch (RuntimeException e) {
      LOG.log(WARNING, "a notification could not be handed over", e);
      return false;
    }
  }

  /// A notification of several blocks brings the first of them: all is read.
  private void fetch(Observed observed) {
    if (!observed.startsFetching()) {
      return;
    }
    workers.execute(
        () -> {
          try {
            var request = Errands.of(observed.session, Code.GET, observed.path);
            Response whole = calls.call(observed.session, request);
            if (whole.isSuccess()) {
              deliver(observed, whole);
            }
          } catch (Calls.SilentException | Calls.UnreachableException e) {
            LOG.log(DEBUG, "no rest of a notification: {0}", e.getMessage());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            observed.endFetching();
          }
        });
  }

  private void reply(Response response, int type) {
    if (response.getType() == Type.CON || type == RESET) {
      int id = response.getMID();
      byte[] message = {(byte) type, 0, (byte) (id >> 8), (byte) id};
      door.getConnector().send(RawData.outbound(message, response.getSourceContext(), null, false));
    }
  }
}
