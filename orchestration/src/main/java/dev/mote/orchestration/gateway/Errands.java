package dev.mote.orchestration.gateway;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.mote.orchestration.gateway.Calls.SilentException;
import dev.mote.orchestration.gateway.Calls.UnreachableException;
import dev.mote.orchestration.gateway.RequestQueue.Queued;
import dev.mote.orchestration.object.ResourcePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;

/// Does for each device what its queue says, one request at a time, while the device listens.
final class Errands {

  private static final System.Logger LOG = System.getLogger(Errands.class.getName());
  private static final long RETRY_SECONDS = 5;
  private static final int TOKEN_BYTES = 8;

  private final Sessions sessions;
  private final Calls calls;
  private final Pushing pushing;
  private final GatewaySettings settings;
  private final RequestQueue queue;
  private final DeviceListener listener;
  private final Offers offers;
  private final Executor workers;
  private final ScheduledExecutorService timer;
  private final Nonces nonces = new Nonces();

  Errands(
      GatewaySettings settings,
      Sessions sessions,
      Calls calls,
      Pushing pushing,
      Offers offers,
      RequestQueue queue,
      DeviceListener listener,
      Executor workers,
      ScheduledExecutorService timer) {
    this.settings = settings;
    this.sessions = sessions;
    this.calls = calls;
    this.pushing = pushing;
    this.offers = offers;
    this.queue = queue;
    this.listener = listener;
    this.workers = workers;
    this.timer = timer;
  }

  /// Starts on the requests of a device, if it may have any, and nobody does already.
  void serve(Session session) {
    if (session.mayHaveWork() && session.isReachable() && session.startsServing()) {
      workers.execute(() -> work(session));
    }
  }

  private void work(Session session) {
    boolean left = true;
    try {
      if (!session.isConfirmed() && !sessions.isOurs(session)) {
        left = false;
        return;
      }
      while (session.isReachable() && !session.isEnded()) {
        List<Queued> next = queue.next(session.endpoint, 1);
        if (next.isEmpty()) {
          left = false;
          return;
        }
        if (!does(session, next.getFirst())) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BusyException e) {
      LOG.log(DEBUG, "{0} is asked again later: {1}", session.endpoint, e.getMessage());
      serveLater(session);
    } catch (RuntimeException | IOException e) {
      LOG.log(WARNING, "the requests of " + session.endpoint + " must wait", e);
      serveLater(session);
    } finally {
      session.runs(null);
      session.endServing(left);
      if (!left) {
        serve(session);
      }
    }
  }

  private void serveLater(Session session) {
    timer.schedule(() -> serve(session), RETRY_SECONDS, TimeUnit.SECONDS);
  }

  /// Does one request.
  ///
  /// @return whether to go on with the next
  private boolean does(Session session, Queued queued) throws InterruptedException, IOException {
    if (queued.expires().isBefore(settings.clock().instant())) {
      answered(session, queued, new Answer.Unsent("its time is over"));
      return true;
    }
    session.runs(queued.id());
    Answer answer;
    try {
      answer = execute(session, queued.id(), queued.request());
    } catch (SilentException e) {
      if (session.isEnded()) {
        if (queued.request() instanceof Request.Execute) {
          // What restarts a device is answered by its new registration, and not done once more.
          answered(
              session,
              queued,
              new Answer.Silence("it registered anew instead; it may have been done"));
        }
        return false;
      }
      if (session.isCancelled()) {
        answer = new Answer.Unsent("cancelled");
      } else if (session.queueMode()) {
        LOG.log(DEBUG, "{0} sleeps", session.endpoint);
        session.sleeps();
        return false;
      } else {
        answer = new Answer.Silence(String.valueOf(e.getMessage()));
      }
    } catch (UnreachableException e) {
      LOG.log(DEBUG, "{0} must be heard first: {1}", session.endpoint, e.getMessage());
      session.sleeps();
      return false;
    }
    answered(session, queued, answer);
    return true;
  }

  private void answered(Session session, Queued queued, Answer answer) {
    queue.answered(queued.id(), answer);
    listener.on(new DeviceEvent.Answered(session.endpoint, queued.id(), answer));
  }

  private Answer execute(Session session, UUID id, Request request)
      throws SilentException, UnreachableException, InterruptedException, IOException {
    return switch (request) {
      case Request.Read read -> read(session, read);
      case Request.Write write -> write(session, write);
      case Request.WriteAttributes attributes -> {
        var coap = of(session, Code.PUT, attributes.path());
        attributes
            .attributes()
            .forEach(
                (name, value) ->
                    coap.getOptions().addUriQuery(value.isEmpty() ? name : name + "=" + value));
        yield plain(calls.call(session, coap));
      }
      case Request.Execute execute -> {
        var coap = of(session, Code.POST, NodePath.of(execute.path()));
        if (!execute.arguments().isEmpty()) {
          coap.getOptions().setContentFormat(Content.TEXT);
          coap.setPayload(execute.arguments().getBytes(StandardCharsets.UTF_8));
        }
        yield plain(calls.call(session, coap));
      }
      case Request.Observe observe -> observe(session, observe.path());
      case Request.Forget forget -> forget(session, forget.path());
      case Request.Discover discover -> discover(session, discover.path());
      case Request.Push push -> pushing.push(session, id, push);
      case Request.Offer offer -> offer(session, id, offer);
    };
  }

  private Answer read(Session session, Request.Read read)
      throws SilentException, UnreachableException, InterruptedException {
    Map<ResourcePath, List<Value>> values = new TreeMap<>();
    Map<String, Integer> refused = new TreeMap<>();
    int success = 0;
    int last = 0;
    String words = "";
    for (NodePath path : read.paths()) {
      Response response = calls.call(session, of(session, Code.GET, path));
      last = code(response);
      if (response.isSuccess()) {
        success = last;
        try {
          values.putAll(content(response, path));
        } catch (BadContentException e) {
          refused.put(path.toString(), 0);
          words = e.getMessage();
        }
      } else {
        refused.put(path.toString(), last);
        words = response.getPayloadString();
      }
    }
    return new Answer.Received(
        success == 0 ? last : success, values, refused, List.of(), String.valueOf(words));
  }

  private Map<ResourcePath, List<Value>> content(Response response, NodePath path)
      throws BadContentException {
    return Content.grouped(measured(response, path));
  }

  private List<Measurement> measured(Response response, NodePath path) throws BadContentException {
    return Content.read(
        response.getOptions().getContentFormat(),
        response.getPayload(),
        path,
        settings.clock().instant());
  }

  private Answer write(Session session, Request.Write write)
      throws SilentException, UnreachableException, InterruptedException {
    Answer answer = new Answer.Unsent("no format for it");
    for (int format : Content.formats(write, session.isFirstVersion())) {
      var coap = of(session, write.path().isResource() ? Code.PUT : Code.POST, write.path());
      coap.getOptions().setContentFormat(format);
      coap.setPayload(Content.write(format, write.values()));
      Response response = calls.call(session, coap);
      answer = plain(response);
      switch (response.getCode()) {
        case UNSUPPORTED_CONTENT_FORMAT, NOT_ACCEPTABLE, NOT_IMPLEMENTED -> {}
        default -> {
          return answer;
        }
      }
    }
    return answer;
  }

  private Answer observe(Session session, NodePath path)
      throws SilentException, UnreachableException, InterruptedException {
    Observed observed = sessions.observe(session, path, freshToken());
    boolean established = false;
    try {
      var coap = of(session, Code.GET, path);
      coap.setToken(observed.token);
      coap.setObserve();
      Response response = calls.call(session, coap);
      established = response.isSuccess() && response.getOptions().hasObserve();
      if (established) {
        established = sessions.established(observed);
      }
      if (!response.isSuccess()) {
        return plain(response);
      }
      List<Measurement> values = List.of();
      String words = established ? "" : "it does not observe this";
      try {
        values = measured(response, path);
      } catch (BadContentException e) {
        words = e.getMessage();
      }
      if (established && !values.isEmpty()) {
        // The first answer is a notification like those that follow (RFC 7641, 3.1): what does not
        // change afterwards is told here only.
        listener.on(new DeviceEvent.Measured(session.endpoint, values));
      }
      return new Answer.Received(
          code(response), Content.grouped(values), Map.of(), List.of(), String.valueOf(words));
    } finally {
      if (!established) {
        sessions.forget(observed);
      }
    }
  }

  private Token freshToken() {
    byte[] token = nonces.next(TOKEN_BYTES);
    // Californium's mark for tokens that are unique among all devices.
    token[0] |= 1;
    return new Token(token);
  }

  private Answer forget(Session session, NodePath path)
      throws SilentException, UnreachableException, InterruptedException {
    Observed observed = sessions.observe(session, path, freshToken());
    try {
      var coap = of(session, Code.GET, path);
      coap.setToken(observed.token);
      coap.setObserveCancel();
      return plain(calls.call(session, coap));
    } finally {
      sessions.forget(observed);
    }
  }

  private Answer discover(Session session, NodePath path)
      throws SilentException, UnreachableException, InterruptedException {
    var coap = of(session, Code.GET, path);
    coap.getOptions().setAccept(Content.LINKS);
    Response response = calls.call(session, coap);
    if (!response.isSuccess()) {
      return plain(response);
    }
    try {
      return new Answer.Received(
          code(response), Map.of(), Map.of(), Links.read(response.getPayload()), "");
    } catch (BadContentException e) {
      return Answer.Received.of(code(response), String.valueOf(e.getMessage()));
    }
  }

  private Answer offer(Session session, UUID id, Request.Offer offer)
      throws SilentException, UnreachableException, InterruptedException {
    Session.Way way = session.way();
    if (way == null) {
      throw new UnreachableException("it has not spoken since the start");
    }
    Optional<String> token =
        offers.token(
            new Offers.Offer(id, offer.sha256(), session.endpoint),
            settings.clock().instant().plus(settings.packages().time()));
    if (token.isEmpty()) {
      return new Answer.Unsent("the endpoint name is too long for a URI: push instead");
    }
    String uri =
        "%s://%s:%d/%s/%s"
            .formatted(
                way.context().getPeerIdentity() == null ? "coap" : "coaps",
                settings.packages().host().orElseGet(() -> address(way)),
                way.door().getAddress().getPort(),
                GatewayStack.PACKAGES,
                token.get());
    return write(session, Request.Write.of(offer.path(), new Value.Text(uri)));
  }

  /// The address of this machine that a device sees, unless something in between changes it.
  private static String address(Session.Way way) {
    InetAddress own = way.door().getAddress().getAddress();
    if (own.isAnyLocalAddress()) {
      try (DatagramSocket route = new DatagramSocket()) {
        // Nothing is sent.
        route.connect(way.context().getPeerAddress());
        own = route.getLocalAddress();
      } catch (IOException | UncheckedIOException e) {
        own = InetAddress.getLoopbackAddress();
      }
    }
    String text = own.getHostAddress().replaceFirst("%.*", "");
    return own instanceof Inet6Address ? "[" + text + "]" : text;
  }

  static org.eclipse.californium.core.coap.Request of(Session session, Code code, NodePath path) {
    var request = new org.eclipse.californium.core.coap.Request(code);
    path(session, request, path);
    return request;
  }

  static void path(
      Session session, org.eclipse.californium.core.coap.Request request, NodePath path) {
    for (String segment : session.rootPath().split("/", -1)) {
      if (!segment.isEmpty()) {
        request.getOptions().addUriPath(segment);
      }
    }
    path.ids().forEach(id -> request.getOptions().addUriPath(id.toString()));
  }

  static int code(Response response) {
    return response.getCode().codeClass * 100 + response.getCode().codeDetail;
  }

  private static Answer plain(Response response) {
    String words = response.isSuccess() ? "" : String.valueOf(response.getPayloadString());
    return Answer.Received.of(code(response), words.substring(0, Math.min(words.length(), 256)));
  }
}
