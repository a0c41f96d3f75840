package dev.mote.orchestration.gateway;

import dev.mote.orchestration.lwm2m.JournaledRegistrations;
import dev.mote.orchestration.lwm2m.RegistrationText;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.leshan.core.endpoint.DefaultEndPointUriHandler;
import org.eclipse.leshan.core.endpoint.EndpointUri;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.ObservationIdentifier;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.server.registration.Registration;
import org.jspecify.annotations.Nullable;

/// The devices that speak with this process. What is not here is looked for in the journal.
final class Sessions {

  /// Key of the registration's own data: the process that the device last spoke with.
  static final String NODE = "node";

  /// Observations are looked up by their token in any process, so that the address in their
  /// identifier must be the same everywhere.
  static final EndpointUri ANYWHERE =
      new DefaultEndPointUriHandler().createUri("coap://localhost:5683");

  private final JournaledRegistrations registrations;
  private final String node;
  private final long awakeNanos;
  private final Map<String, Session> byEndpoint = new ConcurrentHashMap<>();
  private final Map<String, Session> byIdentity = new ConcurrentHashMap<>();
  private final Map<String, Session> byRegistration = new ConcurrentHashMap<>();
  private final Map<Token, Observed> observed = new ConcurrentHashMap<>();
  private volatile @Nullable CoapEndpoint plainDoor;

  Sessions(JournaledRegistrations registrations, String node, long awakeNanos) {
    this.registrations = registrations;
    this.node = node;
    this.awakeNanos = awakeNanos;
  }

  /// The door through which devices without security are reached before they have spoken.
  void plainDoor(CoapEndpoint door) {
    plainDoor = door;
  }

  static boolean sleeps(Registration registration) {
    return Boolean.TRUE.equals(registration.getQueueMode())
        || registration.getBindingMode().contains(BindingMode.Q);
  }

  /// A device registered, or was found in the journal.
  Session opened(Registration registration) {
    String root = registration.getRootPath();
    Session session =
        new Session(
            registration.getEndpoint(),
            registration.getId(),
            RegistrationText.identity(registration.getClientTransportData().getIdentity()),
            root == null || root.equals("/") ? "" : root,
            sleeps(registration));
    Session former = byEndpoint.put(session.endpoint, session);
    if (former != null) {
      drop(former);
    }
    byIdentity.put(session.identity(), session);
    byRegistration.put(session.registration(), session);
    return session;
  }

  /// A device updated its registration.
  void updated(Session session, Registration registration) {
    byIdentity.remove(session.identity(), session);
    session.updated(
        RegistrationText.identity(registration.getClientTransportData().getIdentity()),
        sleeps(registration));
    byIdentity.put(session.identity(), session);
  }

  /// A device is gone, or speaks with another process.
  void closed(String endpoint) {
    Session session = byEndpoint.remove(endpoint);
    if (session != null) {
      drop(session);
    }
  }

  private void drop(Session session) {
    session.end();
    byIdentity.remove(session.identity(), session);
    byRegistration.remove(session.registration(), session);
    session.observed().forEach(one -> observed.remove(one.token, one));
  }

  void heard(Session session, CoapEndpoint door, EndpointContext context) {
    session.heard(door, context, System.nanoTime() + awakeNanos);
  }

  /// The session of a device, from memory only.
  @Nullable Session inMemory(String endpoint) {
    return byEndpoint.get(endpoint);
  }

  @Nullable Session byRegistration(String id) {
    return byRegistration.get(id);
  }

  /// The session of whoever sent something, from memory only.
  @Nullable Session inMemory(EndpointContext context) {
    Session session = byIdentity.get(RegistrationText.identity(Peers.identity(context)));
    return session != null && session.isFrom(context) ? session : null;
  }

  /// The session of whoever sent something. Asks the journal when it is not in memory; the device
  /// then speaks with this process from now on.
  Optional<Session> from(EndpointContext context) {
    Session known = inMemory(context);
    if (known != null) {
      return Optional.of(known);
    }
    Registration registration =
        Peers.isSecure(Peers.identity(context))
            ? registrations.getRegistrationByIdentity(Peers.identity(context))
            : registrations.getRegistrationByAdress(context.getPeerAddress());
    return registration == null
            || !RegistrationText.identity(registration.getClientTransportData().getIdentity())
                .equals(RegistrationText.identity(Peers.identity(context)))
        ? Optional.empty()
        : Optional.of(adopted(registration));
  }

  /// The session of a registered device that speaks with this process, or did last.
  Optional<Session> of(String endpoint) {
    Session known = byEndpoint.get(endpoint);
    if (known != null) {
      return Optional.of(known);
    }
    Registration registration = registrations.getRegistrationByEndpoint(endpoint);
    if (registration == null || !isOurs(registration)) {
      return Optional.empty();
    }
    Session session = adopted(registration);
    CoapEndpoint door = plainDoor;
    if (door != null
        && session.way() == null
        && !Peers.isSecure(registration.getClientTransportData().getIdentity())) {
      // Where it was when it last spoke is where it is, unless it sleeps.
      session.heard(
          door, new AddressEndpointContext(registration.getSocketAddress()), System.nanoTime());
    }
    return Optional.of(session);
  }

  /// Whether the journal still says that a device speaks with this process.
  boolean isOurs(Session session) {
    Registration registration = registrations.getRegistrationByEndpoint(session.endpoint);
    return registration != null
        && registration.getId().equals(session.registration())
        && isOurs(registration);
  }

  private boolean isOurs(Registration registration) {
    return node.equals(registration.getCustomRegistrationData().get(NODE));
  }

  private synchronized Session adopted(Registration registration) {
    Session known = byRegistration.get(registration.getId());
    return known != null ? known : opened(registration);
  }

  @Nullable Observed observed(Token token) {
    return observed.get(token);
  }

  /// Looks an observation up in the journal.
  Optional<Observed> observedBefore(Token token) {
    Observation stored =
        registrations.getObservation(new ObservationIdentifier(ANYWHERE, token.getBytes()));
    if (!(stored instanceof SingleObservation single)) {
      return Optional.empty();
    }
    Registration registration = registrations.getRegistration(stored.getRegistrationId());
    if (registration == null) {
      return Optional.empty();
    }
    return Optional.of(
        observe(adopted(registration), NodePath.of(single.getPath().toString()), token, false));
  }

  /// The observation of a path, new or as it was; its next response is an answer.
  Observed observe(Session session, NodePath path, Token fresh) {
    for (Observed known : session.observed()) {
      if (known.path.equals(path)) {
        known.await();
        return known;
      }
    }
    for (Observation stored : registrations.getObservations(session.registration())) {
      if (stored instanceof SingleObservation single
          && single.getPath().toString().equals(path.toString())) {
        return observe(session, path, new Token(stored.getId().getBytes()), true);
      }
    }
    return observe(session, path, fresh, true);
  }

  private Observed observe(Session session, NodePath path, Token token, boolean awaitsFirst) {
    Observed observation = new Observed(token, session, path, awaitsFirst);
    Observed known = observed.putIfAbsent(token, observation);
    if (known != null) {
      return known;
    }
    session.add(observation);
    return observation;
  }

  /// The device has accepted an observation.
  void established(Observed observation) {
    registrations.addObservation(
        observation.session.registration(),
        new SingleObservation(
            new ObservationIdentifier(ANYWHERE, observation.token.getBytes()),
            observation.session.registration(),
            new LwM2mPath(observation.path.toString()),
            null,
            Map.of(),
            Map.of()),
        false);
  }

  void forget(Observed observation) {
    observed.remove(observation.token, observation);
    observation.session.remove(observation);
    registrations.removeObservation(
        observation.session.registration(),
        new ObservationIdentifier(ANYWHERE, observation.token.getBytes()));
  }

  int size() {
    return byEndpoint.size();
  }

  @Override
  public String toString() {
    return byEndpoint.size() + " devices, " + Objects.toString(observed.size()) + " observations";
  }
}
