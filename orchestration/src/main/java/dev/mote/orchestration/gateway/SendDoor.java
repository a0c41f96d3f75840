package dev.mote.orchestration.gateway;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.util.List;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;

/// The Send operation (LwM2M Core 1.1, 6.4.5): values that a device tells without being asked.
final class SendDoor {

  private static final System.Logger LOG = System.getLogger(SendDoor.class.getName());

  /// When to try again what there was no room for.
  private static final int BUSY_SECONDS = 10;

  private final GatewaySettings settings;
  private final Sessions sessions;
  private final DeviceListener listener;
  private final Errands errands;

  SendDoor(GatewaySettings settings, Sessions sessions, DeviceListener listener, Errands errands) {
    this.settings = settings;
    this.sessions = sessions;
    this.listener = listener;
    this.errands = errands;
  }

  /// Answers a request to `/dp`. Blocks only for a device that has not spoken with this process.
  void handle(CoapEndpoint door, Exchange exchange) {
    Request request = exchange.getRequest();
    Session session = null;
    ResponseCode code;
    int busySeconds = 0;
    try {
      Optional<Session> sender = sessions.from(request.getSourceContext());
      session = sender.orElse(null);
      if (request.getCode() != Code.POST) {
        code = ResponseCode.METHOD_NOT_ALLOWED;
      } else if (session == null) {
        code = ResponseCode.NOT_FOUND;
      } else {
        code = send(session, request);
        sessions.heard(session, door, request.getSourceContext());
      }
    } catch (BusyException e) {
      code = ResponseCode.SERVICE_UNAVAILABLE;
      busySeconds = BUSY_SECONDS;
    } catch (RuntimeException e) {
      LOG.log(WARNING, "what a device sent could not be handed over", e);
      code = ResponseCode.SERVICE_UNAVAILABLE;
    }
    Response response = new Response(code);
    if (busySeconds > 0) {
      response.getOptions().setMaxAge(busySeconds);
    }
    exchange.sendResponse(response);
    if (session != null) {
      errands.serve(session);
    }
  }

  private ResponseCode send(Session session, Request request) {
    int format = request.getOptions().getContentFormat();
    try {
      List<Measurement> values =
          switch (format) {
            case Content.SENML_CBOR ->
                SenmlCbor.read(request.getPayload(), settings.clock().instant());
            case Content.SENML_JSON ->
                SenmlJson.read(request.getPayload(), settings.clock().instant());
            default -> null;
          };
      if (values == null) {
        return ResponseCode.UNSUPPORTED_CONTENT_FORMAT;
      }
      listener.on(new DeviceEvent.Measured(session.endpoint, values));
      return ResponseCode.CHANGED;
    } catch (BadContentException e) {
      LOG.log(DEBUG, "{0} sends nonsense: {1}", session.endpoint, e.getMessage());
      return ResponseCode.BAD_REQUEST;
    }
  }
}
