package dev.mote.orchestration.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.Credentials;
import dev.mote.orchestration.gateway.GatewaySettings;
import dev.mote.orchestration.gateway.Peer;
import dev.mote.orchestration.gateway.Secret;
import dev.mote.orchestration.gateway.ServerKey;
import dev.mote.orchestration.gateway.TestCertificates;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.MoteObjects;
import dev.mote.orchestration.object.ResourcePath;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.leshan.client.LeshanClient;
import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.object.Device;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.resource.BaseInstanceEnabler;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.client.servers.LwM2mServer;
import org.eclipse.leshan.core.LwM2mId;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.StaticModel;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.response.WriteResponse;
import org.eclipse.leshan.transport.californium.client.endpoint.CaliforniumClientEndpointsProvider;
import org.eclipse.leshan.transport.californium.client.endpoint.coap.CoapClientProtocolProvider;
import org.eclipse.leshan.transport.californium.client.endpoint.coaps.CoapsClientProtocolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(200)
class BootstrapServerTest {

  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /// One device, which owns one name.
  ///
  /// @param peer what it proves to be
  private record OneDevice(Peer peer, List<X509Certificate> authorities) implements Credentials {
    @Override
    public Optional<Psk> byIdentity(String identity) {
      return identity.equals("factory-1")
          ? Optional.of(new Psk(identity, Secret.of(KEY)))
          : Optional.empty();
    }

    @Override
    public boolean knows(PublicKey key) {
      return false;
    }

    @Override
    public Optional<String> endpointAllowed(Peer proved, String asked) {
      return proved.equals(peer) && asked.equals("board-1") ? Optional.of(asked) : Optional.empty();
    }
  }

  private static BootstrapPlan plan(String uri) {
    return new BootstrapPlan(
        List.of(
            new BootstrapPlan.Account(
                uri,
                7,
                Duration.ofMinutes(5),
                "U",
                new BootstrapPlan.PreShared("id-1", Secret.of(new byte[] {9, 8, 7, 6})))),
        // The device has no such object as the second.
        Map.of(
            MoteObjects.SIGNING_KEY,
            List.of(Value.of(new byte[] {1, 2, 3})),
            new ResourcePath(19, 0, 0),
            List.of(Value.of(new byte[] {4}))));
  }

  @Test
  void aDeviceGetsItsAccount() throws Exception {
    bootstraps(
        GatewaySettings.standard("bootstrap", Clock.systemUTC()),
        new OneDevice(new Peer.PreShared("factory-1"), List.of()),
        server -> Security.pskBootstrap(server, "factory-1".getBytes(StandardCharsets.UTF_8), KEY));
  }

  @Test
  void aDeviceGetsItsAccountByItsCertificate(@TempDir Path folder) throws Exception {
    KeyStore keys = TestCertificates.of(folder, "localhost", "made-in-2026");
    X509Certificate server = (X509Certificate) keys.getCertificate("localhost");
    PrivateKey serverKey = (PrivateKey) keys.getKey("localhost", TestCertificates.PASSWORD);
    byte[] own = keys.getCertificate("made-in-2026").getEncoded();
    byte[] ownKey = keys.getKey("made-in-2026", TestCertificates.PASSWORD).getEncoded();
    bootstraps(
        GatewaySettings.standard("bootstrap", Clock.systemUTC())
            .withServerKey(new ServerKey(serverKey, server.getPublicKey(), List.of(server))),
        new OneDevice(
            new Peer.Certified("made-in-2026"),
            List.of((X509Certificate) keys.getCertificate("authority"))),
        uri -> Security.x509Bootstrap(uri, own, ownKey, server.getEncoded()));
  }

  /// What a device needs to find a bootstrap server.
  private interface Factory {
    Security account(String server) throws Exception;
  }

  private static void bootstraps(GatewaySettings settings, OneDevice device, Factory factory)
      throws Exception {
    BlockingQueue<BootstrapOutcome> outcomes = new LinkedBlockingQueue<>();
    AtomicReference<BootstrapPlan> plan = new AtomicReference<>();
    try (BootstrapServer server =
        BootstrapServer.start(
            settings.withCoaps(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            device,
            (_, _) -> Optional.of(plan.get()),
            outcomes::add)) {
      int port = server.addresses().getFirst().getPort();
      plan.set(plan("coaps://localhost:1"));
      assertThat(plan.get().toString()).contains("(secret)");
      List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadDefault());
      String name = MoteObjects.INFERENCE + ".xml";
      models.addAll(ObjectLoader.loadDdfFile(MoteObjects.class.getResourceAsStream(name), name));
      ObjectsInitializer objects = new ObjectsInitializer(new StaticModel(models));
      objects.setInstancesForObject(LwM2mId.SECURITY, factory.account("coaps://localhost:" + port));
      objects.setClassForObject(LwM2mId.SERVER, Server.class);
      objects.setInstancesForObject(LwM2mId.DEVICE, new Device("Example", "Board", "1"));
      objects.setClassForObject(MoteObjects.INFERENCE, Keeper.class);
      LeshanClient client =
          new LeshanClientBuilder("board-1")
              .setObjects(objects.createAll())
              .setEndpointsProviders(
                  new CaliforniumClientEndpointsProvider.Builder(
                          new CoapClientProtocolProvider(), new CoapsClientProtocolProvider())
                      .build())
              .build();
      client.start();
      try {
        assertThat(outcomes.poll(60, TimeUnit.SECONDS))
            .isEqualTo(new BootstrapOutcome("board-1", device.peer(), true, "it has its accounts"));
        assertThat(read(client, 0, 1).getResource(0).getValue()).isEqualTo("coaps://localhost:1");
        assertThat(read(client, 0, 1).getResource(10).getValue()).isEqualTo(7L);
        assertThat((byte[]) read(client, 0, 1).getResource(3).getValue())
            .isEqualTo("id-1".getBytes(StandardCharsets.UTF_8));
        assertThat(read(client, 1, 0).getResource(1).getValue()).isEqualTo(300L);
        assertThat(Keeper.KEYS.poll()).containsExactly(1, 2, 3);
      } finally {
        // It looks for a server that is not there, and takes its time to end.
        Thread.ofVirtual().start(() -> client.destroy(false));
      }
    }
  }

  /// An object that keeps what is written.
  public static final class Keeper extends BaseInstanceEnabler {

    static final BlockingQueue<byte[]> KEYS = new LinkedBlockingQueue<>();

    @Override
    public WriteResponse write(
        LwM2mServer server, boolean replace, int resource, LwM2mResource value) {
      KEYS.add((byte[]) value.getValue());
      return WriteResponse.success();
    }
  }

  private static LwM2mObjectInstance read(LeshanClient client, int object, int instance) {
    return (LwM2mObjectInstance)
        client
            .getObjectTree()
            .getObjectEnabler(object)
            .read(LwM2mServer.SYSTEM, new ReadRequest(object, instance))
            .getContent();
  }
}
