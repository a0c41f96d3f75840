package dev.mote.orchestration.gateway;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredObservation;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.jspecify.annotations.Nullable;

/// The devices that speak with this process. What is not here is looked for in the journal.
final class Sessions {

  /// Key of the registration's own data: the process that the device last spoke with.
  static final String NODE = "node";

  private final RegistrationJournal journal;
  private final String node;
  private final long awakeNanos;
  private final Map<String, Session> byEndpoint = new ConcurrentHashMap<>();
  private final Map<String, Session> byIdentity = new ConcurrentHashMap<>();
  private final Map<String, Session> byRegistration = new ConcurrentHashMap<>();
  private final Map<Token, Observed> observed = new ConcurrentHashMap<>();
  private volatile @Nullable CoapEndpoint plainDoor;
  private volatile @Nullable CoapEndpoint secureDoor;
  private volatile Function<InetSocketAddress, Optional<Principal>> shakenHands =
      _ -> Optional.empty();

  Sessions(RegistrationJournal journal, String node, long awakeNanos) {
    this.journal = journal;
    this.node = node;
    this.awakeNanos = awakeNanos;
  }

  /// The door through which devices without security are reached before they have spoken.
  void plainDoor(CoapEndpoint door) {
    plainDoor = door;
  }

  /// The door for devices with security, and who has a DTLS session at an address.
  void secureDoor(
      CoapEndpoint door, Function<InetSocketAddress, Optional<Principal>> whoShookHands) {
    secureDoor = door;
    shakenHands = whoShookHands;
  }

  /// A device registers, and must be told before it is asked anything.
  Session registered(Known known) {
    return opened(known, false);
  }

  /// A device was found in the journal.
  Session opened(Known known) {
    return opened(known, true);
  }

  private Session opened(Known known, boolean isGreeted) {
    Session session =
        new Session(
            known.endpoint(),
            known.id(),
            known.identity(),
            known.rootPath(),
            known.version(),
            known.sleeps(),
            isGreeted);
    Session former = byEndpoint.put(session.endpoint, session);
    if (former != null) {
      drop(former);
    }
    byIdentity.put(session.identity(), session);
    byRegistration.put(session.registration(), session);
    return session;
  }

  /// A device updated its registration.
  void updated(Session session, Known known) {
    byIdentity.remove(session.identity(), session);
    session.updated(known.identity(), known.sleeps());
    byIdentity.put(session.identity(), session);
  }

  /// A device is gone, or speaks with another process.
  void closed(String endpoint) {
    Session session = byEndpoint.remove(endpoint);
    if (session != null) {
      drop(session);
    }
  }

  /// A registration is over; a newer one of the same device is not.
  void closed(String endpoint, String registration) {
    Session session = byEndpoint.get(endpoint);
    if (session != null
        && session.registration().equals(registration)
        && byEndpoint.remove(endpoint, session)) {
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
    Session session = byIdentity.get(Peers.name(context));
    return session != null && session.isFrom(context) ? session : null;
  }

  /// The session of whoever sent something. Asks the journal when it is not in memory; the device
  /// then speaks with this process from now on.
  Optional<Session> from(EndpointContext context) {
    Session known = inMemory(context);
    if (known != null) {
      return Optional.of(known);
    }
    String identity = Peers.name(context);
    return journal
        .byIdentity(identity)
        .filter(stored -> stored.identity().equals(identity))
        .map(stored -> takenOver(Known.of(stored)));
  }

  /// The session of a registered device that speaks with this process, or did last.
  Optional<Session> of(String endpoint) {
    Session session = byEndpoint.get(endpoint);
    if (session != null) {
      return Optional.of(session);
    }
    Optional<Known> known =
        journal.byEndpoint(endpoint).map(Known::of).filter(one -> one.isOf(node));
    if (known.isEmpty()) {
      return Optional.empty();
    }
    session = adopted(known.get());
    if (session.way() == null) {
      findWay(session, known.get());
    }
    return Optional.of(session);
  }

  /// Where a device was when it last spoke is where it is, unless it sleeps.
  private void findWay(Session session, Known known) {
    InetSocketAddress address = known.socketAddress();
    CoapEndpoint plain = plainDoor;
    CoapEndpoint secure = secureDoor;
    if (!known.isSecure()) {
      if (plain != null) {
        session.heard(plain, new AddressEndpointContext(address), System.nanoTime());
      }
    } else if (secure != null) {
      shakenHands
          .apply(address)
          .map(peer -> new AddressEndpointContext(address, null, peer))
          .filter(way -> Peers.name(way).equals(known.identity()))
          .ifPresent(way -> session.heard(secure, way, System.nanoTime()));
    }
  }

  /// Whether the journal still says that a device speaks with this process.
  boolean isOurs(Session session) {
    return journal
        .byEndpoint(session.endpoint)
        .filter(stored -> stored.id().equals(session.registration()))
        .filter(stored -> Known.of(stored).isOf(node))
        .isPresent();
  }

  /// A device that has just spoken with this process, and may have spoken with another before.
  private Session takenOver(Known known) {
    if (!known.isOf(node)) {
      journal.update(known.movedTo(node).stored());
    }
    return adopted(known);
  }

  private synchronized Session adopted(Known known) {
    Session session = byRegistration.get(known.id());
    return session != null ? session : opened(known);
  }

  @Nullable Observed observed(Token token) {
    return observed.get(token);
  }

  /// Looks an observation up in the journal, among those of who sent its token.
  Optional<Observed> observedBefore(Token token, EndpointContext context) {
    String text = text(token);
    return from(context)
        .flatMap(
            session ->
                journal.observations(session.registration()).stream()
                    .filter(stored -> stored.token().equals(text))
                    .findFirst()
                    .map(stored -> observe(session, NodePath.of(stored.path()), token, false)));
  }

  private static String text(Token token) {
    return HexFormat.of().formatHex(token.getBytes());
  }

  /// The observation of a path, new or as it was; its next response is an answer.
  Observed observe(Session session, NodePath path, Token fresh) {
    for (Observed known : session.observed()) {
      if (known.path.equals(path)) {
        known.await();
        return known;
      }
    }
    for (StoredObservation stored : journal.observations(session.registration())) {
      if (stored.path().equals(path.toString())) {
        return observe(session, path, new Token(HexFormat.of().parseHex(stored.token())), true);
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
  ///
  /// @return whether its registration still stands
  boolean established(Observed observation) {
    return journal.observe(
        observation.session.registration(),
        new StoredObservation(observation.path.toString(), text(observation.token)));
  }

  void forget(Observed observation) {
    observed.remove(observation.token, observation);
    observation.session.remove(observation);
    String registration = observation.session.registration();
    String path = observation.path.toString();
    if (journal
        .observations(registration)
        .contains(new StoredObservation(path, text(observation.token)))) {
      journal.forget(registration, path);
    }
  }

  /// Cancels what waits for a device.
  void stopWaiting() {
    byEndpoint.values().forEach(Session::stopWaiting);
  }

  int size() {
    return byEndpoint.size();
  }

  @Override
  public String toString() {
    return byEndpoint.size() + " devices, " + Objects.toString(observed.size()) + " observations";
  }
}
