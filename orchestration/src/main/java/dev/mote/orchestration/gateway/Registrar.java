package dev.mote.orchestration.gateway;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.mote.orchestration.lwm2m.JournaledRegistrations;
import dev.mote.orchestration.lwm2m.RegistrationText;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StringOption;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.leshan.core.LwM2m.LwM2mVersion;
import org.eclipse.leshan.core.link.LinkParseException;
import org.eclipse.leshan.core.link.lwm2m.DefaultLwM2mLinkParser;
import org.eclipse.leshan.core.peer.IpPeer;
import org.eclipse.leshan.core.peer.LwM2mIdentity;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.server.registration.DefaultRegistrationDataExtractor;
import org.eclipse.leshan.server.registration.Deregistration;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationDataExtractor.RegistrationData;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.server.registration.UpdatedRegistration;
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
  private static final int LOCKS = 256;

  private final GatewaySettings settings;
  private final JournaledRegistrations registrations;
  private final Sessions sessions;
  private final Credentials credentials;
  private final DeviceListener listener;
  private final Errands errands;
  private final SecureRandom random = new SecureRandom();
  private final DefaultLwM2mLinkParser parser = new DefaultLwM2mLinkParser();
  private final DefaultRegistrationDataExtractor extractor = new DefaultRegistrationDataExtractor();
  private final Lock[] locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(Lock[]::new);

  Registrar(
      GatewaySettings settings,
      JournaledRegistrations registrations,
      Sessions sessions,
      Credentials credentials,
      DeviceListener listener,
      Errands errands) {
    this.settings = settings;
    this.registrations = registrations;
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
            Registration registration = register(door, request);
            response = new Response(ResponseCode.CREATED);
            response.getOptions().addLocationPath("rd").addLocationPath(registration.getId());
            spoke = sessions.byRegistration(registration.getId());
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
    exchange.sendResponse(response);
    if (spoke != null) {
      spoke.hasWork(true);
      errands.serve(spoke);
    }
  }

  private static String id(List<String> path) throws RefusedException {
    if (path.size() != 2) {
      throw new RefusedException(ResponseCode.NOT_FOUND, "no such registration");
    }
    return path.get(1);
  }

  private Registration register(CoapEndpoint door, Request request) throws RefusedException {
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
    List<Link> links = links(request);
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    Date now = Date.from(settings.clock().instant());
    Registration.Builder builder =
        new Registration.Builder(
                Base64.getUrlEncoder().withoutPadding().encodeToString(id),
                endpoint,
                new IpPeer(context.getPeerAddress(), Peers.identity(context)),
                Sessions.ANYWHERE)
            .registrationDate(now)
            .lastUpdate(now)
            .lifeTimeInSec(lifetime(query).orElse(STANDARD_LIFETIME))
            .lwM2mVersion(LwM2mVersion.get(version))
            .bindingMode(binding(query).orElse(EnumSet.of(BindingMode.U)))
            .queueMode(query.containsKey("Q"))
            .customRegistrationData(Map.of(Sessions.NODE, settings.node()));
    if (query.containsKey("sms")) {
      builder.smsNumber(query.get("sms"));
    }
    objects(builder, links, version);
    Registration registration = builder.build();
    Lock lock = lock(endpoint);
    try {
      Deregistration former = registrations.addRegistration(registration);
      Session session = sessions.opened(registration);
      sessions.heard(session, door, context);
      LOG.log(DEBUG, "{0} registered{1}", endpoint, former == null ? "" : " again");
      listener.on(
          new DeviceEvent.Registered(
              endpoint,
              peer,
              address(registration),
              Duration.ofSeconds(registration.getLifeTimeInSec()),
              Sessions.sleeps(registration),
              version,
              links));
    } finally {
      lock.unlock();
    }
    return registration;
  }

  private Session update(CoapEndpoint door, Request request, String id) throws RefusedException {
    Map<String, String> query = query(request);
    EndpointContext context = request.getSourceContext();
    Session known = sessions.byRegistration(id);
    Registration former = known == null ? registrations.getRegistration(id) : null;
    if (known == null && former == null) {
      throw new RefusedException(ResponseCode.NOT_FOUND, "no such registration");
    }
    String endpoint = known != null ? known.endpoint : former.getEndpoint();
    String identity =
        known != null
            ? known.identity()
            : RegistrationText.identity(former.getClientTransportData().getIdentity());
    checkOwner(context, endpoint, identity);
    List<Link> links = request.getPayloadSize() > 0 ? links(request) : null;
    RegistrationUpdate change = change(id, query, context, links);
    Lock lock = lock(endpoint);
    try {
      UpdatedRegistration updated = registrations.updateRegistration(change);
      if (updated == null) {
        sessions.closed(endpoint);
        throw new RefusedException(ResponseCode.NOT_FOUND, "no such registration");
      }
      Registration registration = updated.getUpdatedRegistration();
      Session session = sessions.byRegistration(id);
      if (session == null) {
        session = sessions.opened(registration);
      } else {
        sessions.updated(session, registration);
      }
      sessions.heard(session, door, context);
      listener.on(
          new DeviceEvent.Updated(
              endpoint,
              Peers.of(context),
              address(registration),
              Duration.ofSeconds(registration.getLifeTimeInSec()),
              Sessions.sleeps(registration),
              Optional.ofNullable(links)));
      return session;
    } finally {
      lock.unlock();
    }
  }

  private RegistrationUpdate change(
      String id, Map<String, String> query, EndpointContext context, @Nullable List<Link> links)
      throws RefusedException {
    Registration.Builder objects = null;
    if (links != null) {
      objects =
          new Registration.Builder(id, "", new IpPeer(context.getPeerAddress()), Sessions.ANYWHERE);
      objects(objects, links, "1.1");
    }
    Registration of = objects == null ? null : objects.build();
    return new RegistrationUpdate(
        id,
        new IpPeer(context.getPeerAddress(), Peers.identity(context)),
        lifetime(query).orElse(null),
        query.get("sms"),
        binding(query).orElse(null),
        of == null ? null : of.getObjectLinks(),
        of == null ? null : of.getRootPath(),
        of == null ? null : of.getSupportedContentFormats(),
        of == null ? null : of.getSupportedObject(),
        of == null ? null : of.getAvailableInstances(),
        null,
        Map.of(Sessions.NODE, settings.node()));
  }

  private void deregister(Request request, String id) throws RefusedException {
    Registration registration = registrations.getRegistration(id);
    if (registration == null) {
      throw new RefusedException(ResponseCode.NOT_FOUND, "no such registration");
    }
    String endpoint = registration.getEndpoint();
    checkOwner(
        request.getSourceContext(),
        endpoint,
        RegistrationText.identity(registration.getClientTransportData().getIdentity()));
    Lock lock = lock(endpoint);
    try {
      if (registrations.removeRegistration(id) != null) {
        sessions.closed(endpoint);
        listener.on(new DeviceEvent.Deregistered(endpoint));
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whoever changes a registration has the credentials of who made it. Without security the
  /// address may have changed, and the registration's name is what others do not know.
  private void checkOwner(EndpointContext context, String endpoint, String identity)
      throws RefusedException {
    LwM2mIdentity sender = Peers.identity(context);
    boolean isSame =
        Peers.isSecure(sender)
            ? identity.equals(RegistrationText.identity(sender))
            : identity.startsWith("address ");
    if (!isSame
        || !credentials
            .endpointAllowed(Peers.of(context), endpoint)
            .filter(endpoint::equals)
            .isPresent()) {
      throw new RefusedException(ResponseCode.NOT_FOUND, "no such registration");
    }
  }

  private Lock lock(String endpoint) {
    Lock lock = locks[Math.floorMod(endpoint.hashCode(), LOCKS)];
    lock.lock();
    return lock;
  }

  private static String address(Registration registration) {
    return registration.getAddress().getHostAddress() + ":" + registration.getPort();
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

  private static Optional<EnumSet<BindingMode>> binding(Map<String, String> query)
      throws RefusedException {
    String text = query.get("b");
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    EnumSet<BindingMode> modes = EnumSet.noneOf(BindingMode.class);
    for (char letter : text.toCharArray()) {
      if ("UTSNQH".indexOf(letter) < 0 || text.length() > 8) {
        throw new RefusedException(ResponseCode.BAD_REQUEST, "b is no binding");
      }
      if (letter != 'H') {
        modes.add(BindingMode.valueOf(String.valueOf(letter)));
      }
    }
    return Optional.of(modes);
  }

  private static List<Link> links(Request request) throws RefusedException {
    int format = request.getOptions().getContentFormat();
    if (format != -1 && format != Content.LINKS) {
      throw new RefusedException(ResponseCode.UNSUPPORTED_CONTENT_FORMAT, "links are format 40");
    }
    if (request.getPayloadSize() > LARGEST_PAYLOAD) {
      throw new RefusedException(ResponseCode.REQUEST_ENTITY_TOO_LARGE, "too many links");
    }
    try {
      List<Link> links = Links.read(request.getPayload());
      if (links.isEmpty()) {
        throw new RefusedException(ResponseCode.BAD_REQUEST, "no objects");
      }
      return links;
    } catch (BadContentException e) {
      throw new RefusedException(ResponseCode.BAD_REQUEST, e.getMessage());
    }
  }

  /// Tells the registration of its objects. Attributes that Leshan does not take are left out.
  private void objects(Registration.Builder builder, List<Link> links, String version)
      throws RefusedException {
    org.eclipse.leshan.core.link.Link[] parsed;
    try {
      parsed = parsed(links.stream().map(link -> new Link(link.target(), kept(link))).toList());
    } catch (LinkParseException e) {
      // An attribute where it does not belong, say: the paths are what matters.
      try {
        parsed = parsed(links.stream().map(link -> new Link(link.target(), Map.of())).toList());
      } catch (LinkParseException again) {
        throw new RefusedException(ResponseCode.BAD_REQUEST, "no links of objects");
      }
    }
    builder.objectLinks(parsed);
    RegistrationData data = extractor.extractDataFromObjectLinks(parsed, LwM2mVersion.get(version));
    if (data != null) {
      builder
          .rootPath(data.getAlternatePath())
          .supportedContentFormats(data.getSupportedContentFormats())
          .supportedObjects(data.getSupportedObjects())
          .availableInstances(data.getAvailableInstances());
    }
  }

  private org.eclipse.leshan.core.link.Link[] parsed(List<Link> links) throws LinkParseException {
    return parser.parseCoreLinkFormat(Links.write(links).getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> kept(Link link) {
    Map<String, String> kept = new HashMap<>();
    link.attributes()
        .forEach(
            (name, value) -> {
              boolean isGood =
                  switch (name) {
                    case "rt" -> value.matches("[a-z][a-z0-9.-]*( [a-z][a-z0-9.-]*)*");
                    case "ct" -> value.matches("[0-9]{1,5}( [0-9]{1,5})*");
                    case "ver" -> value.matches("[0-9]\\.[0-9]");
                    default -> false;
                  };
              if (isGood) {
                kept.put(name, value);
              }
            });
    return kept;
  }
}
