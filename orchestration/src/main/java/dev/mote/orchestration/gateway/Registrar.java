package dev.mote.orchestration.gateway;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredRegistration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StringOption;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.elements.EndpointContext;
import org.jspecify.annotations.Nullable;

/// Register, Update and De-register (LwM2M Core 1.1, 6.2): `/rd` and what is below it.
final class Registrar {

  private static final System.Logger LOG = System.getLogger(Registrar.class.getName());
  private static final long STANDARD_LIFETIME = 86_400;
  private static final long LONGEST_LIFETIME = 10L * 366 * 86_400;
  private static final int LONGEST_ENDPOINT = 200;
  private static final int LARGEST_PAYLOAD = 16 * 1024;
  private static final int MOST_QUERIES = 16;
  private static final int LONGEST_QUERY = 255;
  private static final int ID_BYTES = 9;

  /// As many as [RegistrationJournal#SLOT_LENGTH] characters take.
  private static final int SLOT_BYTES = RegistrationJournal.SLOT_LENGTH * 6 / 8;

  private static final String NO_REGISTRATION = "no such registration";
  private static final int LOCKS = 256;

  private final GatewaySettings settings;
  private final RegistrationJournal journal;
  private final Sessions sessions;
  private final Credentials credentials;
  private final DeviceListener listener;
  private final Errands errands;
  private final KnownLinks knownLinks = new KnownLinks();
  private final Nonces nonces = new Nonces();
  private final Lock[] locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(Lock[]::new);

  Registrar(
      GatewaySettings settings,
      RegistrationJournal journal,
      Sessions sessions,
      Credentials credentials,
      DeviceListener listener,
      Errands errands) {
    this.settings = settings;
    this.journal = journal;
    this.sessions = sessions;
    this.credentials = credentials;
    this.listener = listener;
    this.errands = errands;
  }

  /// A request that is answered with `code`.
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    final ResponseCode code;

    RefusedException(ResponseCode code, String why) {
      super(why);
      this.code = code;
    }
  }

  /// Answers a request to `/rd`. May block.
  void handle(CoapEndpoint door, Exchange exchange) {
    Request request = exchange.getRequest();
    List<String> path =
        request.getOptions().getUriPath().stream().map(StringOption::getStringValue).toList();
    Response response;
    Session spoke = null;
    try {
      switch (request.getCode()) {
        case POST -> {
          if (path.size() == 1) {
            String id = register(door, request);
            response = new Response(ResponseCode.CREATED);
            response.getOptions().addLocationPath("rd").addLocationPath(id);
            spoke = sessions.byRegistration(id);
          } else {
            spoke = update(door, request, id(path));
            response = new Response(ResponseCode.CHANGED);
          }
        }
        case DELETE -> {
          deregister(request, id(path));
          response = new Response(ResponseCode.DELETED);
        }
        default -> response = new Response(ResponseCode.METHOD_NOT_ALLOWED);
      }
    } catch (RefusedException e) {
      LOG.log(DEBUG, "refused: {0}", e.getMessage());
      response = new Response(e.code);
      response.setPayload(e.getMessage());
    } catch (RuntimeException e) {
      // The journal is away, say. The device is to come again.
      LOG.log(WARNING, "could not handle a registration", e);
      response = new Response(ResponseCode.SERVICE_UNAVAILABLE);
      response.getOptions().setMaxAge(30);
    }
    if (spoke != null) {
      spoke.hasWork(true);
      serveWhenSent(response, spoke);
    }
    exchange.sendResponse(response);
  }

  /// A device may not take a request as long as it does not know that it is registered.
  private void serveWhenSent(Response response, Session session) {
    response.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onSent(boolean retransmission) {
            session.greeted();
            errands.serve(session);
          }
        });
  }

  private static String id(List<String> path) throws RefusedException {
    if (path.size() != 2) {
      throw new RefusedException(ResponseCode.NOT_FOUND, NO_REGISTRATION);
    }
    return path.get(1);
  }

  private String register(CoapEndpoint door, Request request) throws RefusedException {
    Map<String, String> query = query(request);
    String version = query.getOrDefault("lwm2m", "1.0");
    if (!version.equals("1.0") && !version.equals("1.1")) {
      throw new RefusedException(ResponseCode.PRECONDITION_FAILED, "LwM2M 1.0 or 1.1");
    }
    EndpointContext context = request.getSourceContext();
    Peer peer = Peers.of(context);
    String asked = query.getOrDefault("ep", "");
    if (asked.length() > LONGEST_ENDPOINT || asked.chars().anyMatch(Character::isISOControl)) {
      throw new RefusedException(ResponseCode.BAD_REQUEST, "not an endpoint name");
    }
    if (asked.isEmpty() && peer instanceof Peer.Unknown) {
      throw new RefusedException(ResponseCode.BAD_REQUEST, "ep is missing");
    }
    String endpoint =
        credentials
            .endpointAllowed(peer, asked)
            .orElseThrow(
                () -> new RefusedException(ResponseCode.FORBIDDEN, "not with these credentials"));
    KnownLinks.Read links = links(request);
    Instant now = settings.clock().instant();
    Known known =
        Known.fresh(freshId(endpoint), endpoint, version, settings.node(), now)
            .heard(context, settings.node(), now);
    known.content().put("lifetime", STANDARD_LIFETIME);
    change(known, query, links);
    Lock lock = lock(endpoint);
    try {
      journal.register(known.stored());
      Session session = sessions.registered(known);
      session.confirm();
      sessions.heard(session, door, context);
      LOG.log(DEBUG, "{0} registered", endpoint);
      listener.on(
          new DeviceEvent.Registered(
              endpoint,
              peer,
              known.address(),
              Duration.ofSeconds(known.lifetime()),
              known.sleeps(),
              version,
              links.links()));
    } finally {
      lock.unlock();
    }
    return known.id();
  }

  /// An id that nobody can guess, after the slot of the endpoint.
  private String freshId(String endpoint) {
    CRC32 slot = new CRC32();
    slot.update(endpoint.getBytes(StandardCharsets.UTF_8));
    byte[] id = new byte[SLOT_BYTES + ID_BYTES];
    for (int i = 0; i < SLOT_BYTES; i++) {
      id[i] = (byte) (slot.getValue() >> 8 * i);
    }
    System.arraycopy(nonces.next(ID_BYTES), 0, id, SLOT_BYTES, ID_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
  }

  private Session update(CoapEndpoint door, Request request, String id) throws RefusedException {
    Map<String, String> query = query(request);
    EndpointContext context = request.getSourceContext();
    StoredRegistration former = stored(id);
    String endpoint = former.endpoint();
    checkOwner(context, endpoint, former.identity());
    KnownLinks.Read links = request.getPayloadSize() > 0 ? links(request) : null;
    Known known = Known.of(former).heard(context, settings.node(), settings.clock().instant());
    change(known, query, links);
    Lock lock = lock(endpoint);
    try {
      if (!journal.update(known.stored())) {
        sessions.closed(endpoint, id);
        throw new RefusedException(ResponseCode.NOT_FOUND, NO_REGISTRATION);
      }
      Session session = sessions.byRegistration(id);
      if (session == null) {
        session = sessions.opened(known);
      } else {
        sessions.updated(session, known);
      }
      session.confirm();
      sessions.heard(session, door, context);
      listener.on(
          new DeviceEvent.Updated(
              endpoint,
              Peers.of(context),
              known.address(),
              Duration.ofSeconds(known.lifetime()),
              known.sleeps(),
              Optional.ofNullable(links).map(KnownLinks.Read::links)));
      return session;
    } finally {
      lock.unlock();
    }
  }

  /// Puts into a registration what a device says of it.
  private static void change(
      Known known, Map<String, String> query, KnownLinks.@Nullable Read links)
      throws RefusedException {
    Optional<Long> lifetime = lifetime(query);
    if (lifetime.isPresent()) {
      known.content().put("lifetime", lifetime.get());
    }
    Optional<String> binding = binding(query);
    if (binding.isPresent()) {
      known.content().put("binding", binding.get());
    }
    if (query.containsKey("Q")) {
      known.content().put("queue", true);
    }
    if (query.containsKey("sms")) {
      known.content().put("sms", query.get("sms"));
    }
    if (links != null) {
      known.links(links);
    }
  }

  private StoredRegistration stored(String id) throws RefusedException {
    return journal
        .byId(id)
        .orElseThrow(() -> new RefusedException(ResponseCode.NOT_FOUND, NO_REGISTRATION));
  }

  private void deregister(Request request, String id) throws RefusedException {
    StoredRegistration former = stored(id);
    String endpoint = former.endpoint();
    checkOwner(request.getSourceContext(), endpoint, former.identity());
    Lock lock = lock(endpoint);
    try {
      journal.unregister(id);
      sessions.closed(endpoint, id);
      listener.on(new DeviceEvent.Deregistered(endpoint));
    } finally {
      lock.unlock();
    }
  }

  /// Whoever changes a registration has the credentials of who made it. Without security the
  /// address may have changed, and the registration's name is what others do not know.
  private void checkOwner(EndpointContext context, String endpoint, String identity)
      throws RefusedException {
    boolean isSame =
        context.getPeerIdentity() == null
            ? identity.startsWith(Peers.UNPROVED)
            : identity.equals(Peers.name(context));
    if (!isSame
        || !credentials
            .endpointAllowed(Peers.of(context), endpoint)
            .filter(endpoint::equals)
            .isPresent()) {
      throw new RefusedException(ResponseCode.NOT_FOUND, NO_REGISTRATION);
    }
  }

  private Lock lock(String endpoint) {
    Lock lock = locks[Math.floorMod(endpoint.hashCode(), LOCKS)];
    lock.lock();
    return lock;
  }

  private static Map<String, String> query(Request request) throws RefusedException {
    List<String> options = request.getOptions().getUriQueryStrings();
    if (options.size() > MOST_QUERIES) {
      throw new RefusedException(ResponseCode.BAD_REQUEST, "too many parameters");
    }
    Map<String, String> query = new HashMap<>();
    for (String option : options) {
      if (option.length() > LONGEST_QUERY) {
        throw new RefusedException(ResponseCode.BAD_REQUEST, "a parameter is too long");
      }
      int equals = option.indexOf('=');
      query.put(
          equals < 0 ? option : option.substring(0, equals),
          equals < 0 ? "" : option.substring(equals + 1));
    }
    return query;
  }

  private static Optional<Long> lifetime(Map<String, String> query) throws RefusedException {
    String text = query.get("lt");
    if (text == null) {
      return Optional.empty();
    }
    try {
      long seconds = Long.parseLong(text);
      if (seconds > 0) {
        return Optional.of(Math.min(seconds, LONGEST_LIFETIME));
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new RefusedException(ResponseCode.BAD_REQUEST, "lt is no lifetime");
  }

  private static Optional<String> binding(Map<String, String> query) throws RefusedException {
    String text = query.get("b");
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    // H, of LwM2M 1.2, is nothing that the journal's text knows.
    String known = text.replace("H", "");
    if (known.isEmpty()
        || known.length() > 8
        || !known.chars().allMatch(c -> "UTSNQ".indexOf(c) >= 0)) {
      throw new RefusedException(ResponseCode.BAD_REQUEST, "b is no binding");
    }
    return Optional.of(known);
  }

  private KnownLinks.Read links(Request request) throws RefusedException {
    int format = request.getOptions().getContentFormat();
    if (format != -1 && format != Content.LINKS) {
      throw new RefusedException(ResponseCode.UNSUPPORTED_CONTENT_FORMAT, "links are format 40");
    }
    if (request.getPayloadSize() > LARGEST_PAYLOAD) {
      throw new RefusedException(ResponseCode.REQUEST_ENTITY_TOO_LARGE, "too many links");
    }
    try {
      KnownLinks.Read links = knownLinks.read(request.getPayload());
      if (links.links().isEmpty()) {
        throw new RefusedException(ResponseCode.BAD_REQUEST, "no objects");
      }
      return links;
    } catch (BadContentException e) {
      throw new RefusedException(ResponseCode.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }
}
