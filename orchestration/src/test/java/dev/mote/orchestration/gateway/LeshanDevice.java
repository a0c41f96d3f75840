package dev.mote.orchestration.gateway;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.leshan.client.LeshanClient;
import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.engine.DefaultRegistrationEngineFactory;
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
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.request.argument.Arguments;
import org.eclipse.leshan.core.response.ExecuteResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.core.response.WriteResponse;
import org.eclipse.leshan.transport.californium.client.endpoint.CaliforniumClientEndpointsProvider;
import org.eclipse.leshan.transport.californium.client.endpoint.coap.CoapClientProtocolProvider;
import org.eclipse.leshan.transport.californium.client.endpoint.coaps.CoapsClientProtocolProvider;

/// A device on Leshan's client, with a clock and objects 9 and 19.
final class LeshanDevice implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 20;

  final Clock clock = new Clock();
  final Software software = new Software();
  final LeshanClient client;

  static Security open(InetSocketAddress server) {
    return Security.noSec("coap://localhost:" + server.getPort(), 1);
  }

  static Security preShared(InetSocketAddress server, String identity, byte[] key) {
    return Security.psk(
        "coaps://localhost:" + server.getPort(),
        1,
        identity.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        key);
  }

  LeshanDevice(String endpoint, Security security) throws Exception {
    List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadDefault());
    models.addAll(
        ObjectLoader.loadDdfFile(
            dev.mote.orchestration.object.MoteObjects.class.getResourceAsStream("9.xml"), "9.xml"));
    ObjectsInitializer objects = new ObjectsInitializer(new StaticModel(models));
    objects.setInstancesForObject(LwM2mId.SECURITY, security);
    objects.setInstancesForObject(LwM2mId.SERVER, new Server(1, 300));
    objects.setInstancesForObject(LwM2mId.DEVICE, clock);
    objects.setInstancesForObject(9, software);
    CaliforniumClientEndpointsProvider.Builder endpoints =
        new CaliforniumClientEndpointsProvider.Builder(
            new CoapClientProtocolProvider(), new CoapsClientProtocolProvider());
    endpoints.setConfiguration(
        endpoints
            .createDefaultConfiguration()
            .set(CoapConfig.ACK_TIMEOUT, 60, TimeUnit.MILLISECONDS)
            .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 1 << 20));
    client =
        new LeshanClientBuilder(endpoint)
            .setObjects(objects.createAll())
            .setEndpointsProviders(endpoints.build())
            .setRegistrationEngineFactory(
                new DefaultRegistrationEngineFactory().setReconnectOnUpdate(false))
            .build();
  }

  LeshanDevice start() {
    client.start();
    return this;
  }

  /// Waits until the answer to its registration has come: the gateway tells of a registration
  /// before that.
  LwM2mServer awaitRegistered() throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (client.getRegisteredServers().isEmpty()) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError("it was not told of its registration");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return client.getRegisteredServers().values().iterator().next();
  }

  @Override
  public void close() {
    client.destroy(false);
  }

  /// The device object; its time can be set.
  public static final class Clock extends Device {

    private Date time = new Date(0);
    volatile String written = "";

    public Clock() {
      super("Example", "Board", "1");
    }

    void set(long seconds) {
      time = new Date(seconds * 1000);
      fireResourceChange(13);
    }

    @Override
    public ReadResponse read(LwM2mServer server, int resource) {
      return resource == 13 ? ReadResponse.success(resource, time) : super.read(server, resource);
    }

    @Override
    public WriteResponse write(
        LwM2mServer server, boolean replace, int resource, LwM2mResource value) {
      written = value.getValue().toString();
      return WriteResponse.success();
    }

    @Override
    public List<Integer> getAvailableResourceIds(ObjectModel model) {
      return List.of(0, 1, 2, 4, 13, 14, 16);
    }
  }

  /// Object 9 as far as the transport goes.
  public static final class Software extends BaseInstanceEnabler {

    volatile byte[] got = new byte[0];
    volatile String uri = "";
    volatile String arguments = "";

    @Override
    public ReadResponse read(LwM2mServer server, int resource) {
      return switch (resource) {
        case 0 -> ReadResponse.success(resource, "module");
        case 1 -> ReadResponse.success(resource, "1");
        case 7 -> ReadResponse.success(resource, 0);
        case 9 -> ReadResponse.success(resource, 0);
        case 12 -> ReadResponse.success(resource, false);
        default -> ReadResponse.notFound();
      };
    }

    @Override
    public WriteResponse write(
        LwM2mServer server, boolean replace, int resource, LwM2mResource value) {
      if (resource == 2) {
        got = (byte[]) value.getValue();
      } else {
        uri = (String) value.getValue();
      }
      return WriteResponse.success();
    }

    @Override
    public ExecuteResponse execute(LwM2mServer server, int resource, Arguments given) {
      arguments = resource + ":" + given.serialize();
      return ExecuteResponse.success();
    }

    @Override
    public List<Integer> getAvailableResourceIds(ObjectModel model) {
      return List.of(0, 1, 2, 3, 4, 6, 7, 9, 10, 11, 12);
    }
  }
}
