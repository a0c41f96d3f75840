package dev.mote.orchestration.lwm2m;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.leshan.client.LeshanClient;
import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.object.Device;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.core.LwM2m.LwM2mVersion;
import org.eclipse.leshan.core.LwM2mId;
import org.eclipse.leshan.core.endpoint.DefaultEndPointUriHandler;
import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.link.lwm2m.DefaultLwM2mLinkParser;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.peer.IpPeer;
import org.eclipse.leshan.core.peer.LwM2mIdentity;
import org.eclipse.leshan.core.peer.PskIdentity;
import org.eclipse.leshan.core.peer.RpkIdentity;
import org.eclipse.leshan.core.peer.SocketIdentity;
import org.eclipse.leshan.core.peer.X509Identity;
import org.eclipse.leshan.core.request.ObserveRequest;
import org.eclipse.leshan.core.response.ObserveCompositeResponse;
import org.eclipse.leshan.core.response.ObserveResponse;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.LeshanServerBuilder;
import org.eclipse.leshan.server.observation.ObservationListener;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationListener;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.transport.californium.client.endpoint.CaliforniumClientEndpointsProvider;
import org.eclipse.leshan.transport.californium.client.endpoint.coap.CoapClientProtocolProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.CaliforniumServerEndpointsProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coap.CoapServerProtocolProvider;
import org.junit.jupiter.api.Test;

class JournaledRegistrationsTest {

  private static final long PATIENCE_SECONDS = 30;

  private final MapJournal journal = new MapJournal();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  private LeshanServer start(int port) {
    LeshanServer server =
        new LeshanServerBuilder()
            .setRegistrationStore(new JournaledRegistrations(journal, Clock.systemUTC(), 100))
            .setEndpointsProviders(
                new CaliforniumServerEndpointsProvider.Builder(new CoapServerProtocolProvider())
                    .addEndpoint("coap://localhost:" + port)
                    .build())
            .build();
    server.getRegistrationService().addListener(new Told());
    server.getObservationService().addListener(new Notified());
    server.start();
    return server;
  }

  private String next() throws InterruptedException {
    return String.valueOf(events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void aRestartCostsNoDeviceANewRegistration() throws Exception {
    int port = freePort();
    Board board = new Board();
    LeshanClient client = board.client("board-1", port);
    LeshanServer server = start(port);
    client.start();
    try {
      assertThat(next()).isEqualTo("registered board-1");
      Registration registration =
          server.getRegistrationStore().getRegistrationByEndpoint("board-1");
      server.send(registration, new ObserveRequest(3, 0, 13), 5000);
      assertThat(next()).isEqualTo("observed");
      server.destroy();

      server = start(port);
      assertThat(server.getRegistrationStore().getRegistrationByEndpoint("board-1"))
          .isEqualTo(registration);
      board.setTime(new Date(1_000_000));
      assertThat(next()).isEqualTo("notified 1000000");
      client.triggerRegistrationUpdate();
      assertThat(next()).isEqualTo("updated board-1");
    } finally {
      client.destroy(true);
      server.destroy();
    }
    assertThat(next()).isEqualTo("unregistered board-1");
    assertThat(journal.all()).isEmpty();
  }

  @Test
  void whatIsNotUpdatedEnds() throws Exception {
    LeshanServer server = start(freePort());
    try {
      server
          .getRegistrationStore()
          .addRegistration(
              builder("late", new SocketIdentity(somewhere()))
                  .lifeTimeInSec(10L)
                  .lastUpdate(Date.from(Instant.now().minusSeconds(3600)))
                  .build());
      assertThat(next()).isEqualTo("expired late");
      assertThat(journal.all()).isEmpty();
    } finally {
      server.destroy();
    }
  }

  @Test
  void everyKindOfIdentityIsFoundAgain() throws Exception {
    JournaledRegistrations store =
        new JournaledRegistrations(
            journal, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), Duration.ofDays(1).toMillis());
    LwM2mIdentity[] identities = {
      new SocketIdentity(somewhere()),
      new PskIdentity("board \"1\" ü"),
      new X509Identity("board-1"),
      new RpkIdentity(KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic())
    };
    for (int i = 0; i < identities.length; i++) {
      Link[] links =
          new DefaultLwM2mLinkParser()
              .parseCoreLinkFormat(
                  "</m>;rt=\"oma.lwm2m\";ct=\"60 110 112\",</m/1/0>,</m/3>;ver=1.2,</m/3/0>,</m/5>"
                      .getBytes());
      Registration registration =
          RegistrationText.read(
              RegistrationText.stored(
                  builder("board-" + i, identities[i])
                      .lwM2mVersion(LwM2mVersion.V1_1)
                      .queueMode(true)
                      .smsNumber("+491234")
                      .objectLinks(links)
                      .additionalRegistrationAttributes(Map.of("a", "b \"c\""))
                      .customRegistrationData(Map.of("tenant", "1"))
                      .build()));
      assertThat(store.addRegistration(registration)).isNull();
      assertThat(registration.getRootPath()).isEqualTo("/m/");
      assertThat(registration.getSupportedVersion(3)).hasToString("1.2");
      assertThat(store.getRegistrationByIdentity(identities[i])).isEqualTo(registration);
      assertThat(store.getRegistration("id-board-" + i)).isEqualTo(registration);
      assertThat(store.getRegistrationByAdress(somewhere())).isEqualTo(registration);
    }
    assertThat(store.getAllRegistrations()).toIterable().hasSize(4);
    store.destroy();
  }

  private static Registration.Builder builder(String endpoint, LwM2mIdentity identity) {
    return new Registration.Builder(
        "id-" + endpoint,
        endpoint,
        new IpPeer(somewhere(), identity),
        new DefaultEndPointUriHandler().createUri(URI.create("coaps://0.0.0.0:5684")));
  }

  private static InetSocketAddress somewhere() {
    return new InetSocketAddress("192.0.2.7", 40_000);
  }

  private static int freePort() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Object 3 whose time changes when it is told to.
  public static final class Board extends Device {

    private Date time = new Date(0);

    void setTime(Date newTime) {
      time = newTime;
      fireResourceChange(13);
    }

    @Override
    public org.eclipse.leshan.core.response.ReadResponse read(
        org.eclipse.leshan.client.servers.LwM2mServer server, int resource) {
      return resource == 13
          ? org.eclipse.leshan.core.response.ReadResponse.success(resource, time)
          : super.read(server, resource);
    }

    @Override
    public java.util.List<Integer> getAvailableResourceIds(
        org.eclipse.leshan.core.model.ObjectModel model) {
      return java.util.List.of(0, 1, 2, 13, 16);
    }

    LeshanClient client(String endpoint, int port) {
      ObjectsInitializer objects = new ObjectsInitializer();
      objects.setInstancesForObject(
          LwM2mId.SECURITY, Security.noSec("coap://localhost:" + port, 1));
      objects.setInstancesForObject(LwM2mId.SERVER, new Server(1, 3600));
      objects.setInstancesForObject(LwM2mId.DEVICE, this);
      return new LeshanClientBuilder(endpoint)
          .setObjects(objects.createAll())
          .setEndpointsProviders(
              new CaliforniumClientEndpointsProvider.Builder(new CoapClientProtocolProvider())
                  .build())
          .build();
    }

    public Board() {
      super("Example", "Board", "1");
    }
  }

  private final class Told implements RegistrationListener {
    @Override
    public void registered(
        Registration registration,
        Registration previous,
        java.util.Collection<Observation> observations) {
      events.add("registered " + registration.getEndpoint());
    }

    @Override
    public void updated(RegistrationUpdate update, Registration updated, Registration previous) {
      events.add("updated " + updated.getEndpoint());
    }

    @Override
    public void unregistered(
        Registration registration,
        java.util.Collection<Observation> observations,
        boolean expired,
        Registration next) {
      events.add((expired ? "expired " : "unregistered ") + registration.getEndpoint());
    }
  }

  private final class Notified implements ObservationListener {
    @Override
    public void newObservation(Observation observation, Registration registration) {
      events.add("observed");
    }

    @Override
    public void cancelled(Observation observation) {}

    @Override
    public void onResponse(
        SingleObservation observation, Registration registration, ObserveResponse response) {
      LwM2mSingleResource time = (LwM2mSingleResource) response.getContent();
      events.add("notified " + ((Date) time.getValue()).getTime());
    }

    @Override
    public void onResponse(
        CompositeObservation observation,
        Registration registration,
        ObserveCompositeResponse response) {}

    @Override
    public void onError(Observation observation, Registration registration, Exception error) {
      events.add("error " + error);
    }
  }
}
