package dev.mote.testkit.device;

import dev.mote.orchestration.object.MoteObjects;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapExchange;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.leshan.core.endpoint.Protocol;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObject;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.node.TimestampedLwM2mNodes;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.DownlinkDeviceManagementRequest;
import org.eclipse.leshan.core.request.ExecuteRequest;
import org.eclipse.leshan.core.request.ObserveRequest;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.request.SendRequest;
import org.eclipse.leshan.core.request.WriteRequest;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.response.ObserveCompositeResponse;
import org.eclipse.leshan.core.response.ObserveResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.LeshanServerBuilder;
import org.eclipse.leshan.server.model.StaticModelProvider;
import org.eclipse.leshan.server.observation.ObservationListener;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationListener;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.server.send.SendListener;
import org.eclipse.leshan.servers.security.EditableSecurityStore;
import org.eclipse.leshan.servers.security.InMemorySecurityStore;
import org.eclipse.leshan.servers.security.NonUniqueSecurityInfoException;
import org.eclipse.leshan.servers.security.SecurityInfo;
import org.eclipse.leshan.transport.californium.server.endpoint.CaliforniumServerEndpointsProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coap.CoapServerProtocolProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coaps.CoapsServerProtocolProvider;

/// A server of LwM2M by other people, Leshan, with which the device's client is tested: so that
/// what both of ours have wrong does not pass.
final class DeviceServer implements AutoCloseable {

  private static final long PATIENCE_MILLIS = 20_000;

  private final LeshanServer server;
  private final CaliforniumServerEndpointsProvider endpoints;
  private final EditableSecurityStore secrets = new InMemorySecurityStore();
  private final Map<String, LinkedBlockingQueue<String>> events = new ConcurrentHashMap<>();
  private final Map<String, Registration> registrations = new ConcurrentHashMap<>();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();

  DeviceServer() throws Exception {
    List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadDefault());
    for (String name : MoteObjects.DEFINITIONS) {
      models.addAll(
          ObjectLoader.loadDdfFile(MoteObjects.class.getResourceAsStream(name), name, false));
    }
    endpoints =
        new CaliforniumServerEndpointsProvider.Builder(
                new CoapServerProtocolProvider(), new CoapsServerProtocolProvider())
            .setConfiguration(
                configuration -> {
                  configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 1 << 20);
                  configuration.set(CoapConfig.PREFERRED_BLOCK_SIZE, 1024);
                  configuration.set(CoapConfig.MAX_MESSAGE_SIZE, 1024);
                  configuration.set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
                })
            .addEndpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Protocol.COAP)
            .addEndpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Protocol.COAPS)
            .build();
    server =
        new LeshanServerBuilder()
            .setObjectModelProvider(new StaticModelProvider(models))
            .setSecurityStore(secrets)
            .setEndpointsProviders(endpoints)
            .build();
    server.getRegistrationService().addListener(new Registered());
    server.getSendService().addListener(new Sent());
    server.getObservationService().addListener(new Notified());
    server.start();
    endpoints.getCoapServer().add(new Packages());
  }

  InetSocketAddress address(Protocol protocol) {
    return endpoints.getEndpoints().stream()
        .filter(endpoint -> endpoint.getProtocol().equals(protocol))
        .map(endpoint -> new InetSocketAddress("127.0.0.1", endpoint.getURI().getPort()))
        .findFirst()
        .orElseThrow();
  }

  void trust(String endpoint, String identity, byte[] key) throws NonUniqueSecurityInfoException {
    secrets.add(SecurityInfo.newPreSharedKeyInfo(endpoint, identity, key));
  }

  /// A file that devices may fetch; its URI.
  String offer(String name, byte[] bytes, Protocol protocol) {
    files.put(name, bytes);
    return "%s://127.0.0.1:%d/packages/%s"
        .formatted(
            protocol.equals(Protocol.COAP) ? "coap" : "coaps", address(protocol).getPort(), name);
  }

  private LinkedBlockingQueue<String> events(String endpoint) {
    return events.computeIfAbsent(endpoint, _ -> new LinkedBlockingQueue<>());
  }

  /// Waits for an event that starts so; those before it are gone. Null when it does not come.
  String await(String endpoint, String start, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    List<String> others = new ArrayList<>();
    for (long left = patience.toNanos(); left > 0; left = end - System.nanoTime()) {
      String event = events(endpoint).poll(left, TimeUnit.NANOSECONDS);
      if (event != null && event.startsWith(start)) {
        return event;
      }
      others.add(String.valueOf(event));
    }
    throw new AssertionError("no '" + start + "' of " + endpoint + ", but " + others);
  }

  private <T extends LwM2mResponse> T send(
      String endpoint, DownlinkDeviceManagementRequest<T> request) throws InterruptedException {
    T response = server.send(registrations.get(endpoint), request, PATIENCE_MILLIS);
    if (response == null) {
      throw new AssertionError(endpoint + " does not answer " + request);
    }
    return response;
  }

  /// What stands at a path: for each resource its value, or its values, as text.
  Map<String, String> read(String endpoint, ContentFormat format, String path)
      throws InterruptedException {
    ReadResponse response = send(endpoint, new ReadRequest(format, path));
    if (!response.isSuccess()) {
      throw new AssertionError(path + ": " + response);
    }
    Map<String, String> values = new TreeMap<>();
    flatten(path, response.getContent(), values);
    return values;
  }

  private static void flatten(String path, LwM2mNode node, Map<String, String> values) {
    switch (node) {
      case LwM2mObject object ->
          object.getInstances().forEach((id, inner) -> flatten(path + "/" + id, inner, values));
      case LwM2mObjectInstance instance ->
          instance.getResources().forEach((id, inner) -> flatten(path + "/" + id, inner, values));
      case LwM2mSingleResource resource -> values.put(path, String.valueOf(resource.getValue()));
      case LwM2mResource resource ->
          values.put(path, String.valueOf(new TreeMap<>(values(resource)).values()));
      default -> throw new AssertionError(node);
    }
  }

  private static Map<Integer, Object> values(LwM2mResource resource) {
    Map<Integer, Object> values = new HashMap<>();
    resource.getInstances().forEach((id, instance) -> values.put(id, instance.getValue()));
    return values;
  }

  String value(String endpoint, String path) throws InterruptedException {
    return read(endpoint, ContentFormat.TLV, path).get(path);
  }

  void observe(String endpoint, ContentFormat format, String path) throws InterruptedException {
    ObserveResponse response = send(endpoint, new ObserveRequest(format, path));
    if (!response.isSuccess()) {
      throw new AssertionError(path + ": " + response);
    }
  }

  String push(String endpoint, byte[] module) throws InterruptedException {
    return send(endpoint, new WriteRequest(ContentFormat.OPAQUE, 9, 0, 2, module))
        .getCode()
        .toString();
  }

  String write(String endpoint, ContentFormat format, int object, int resource, String text)
      throws InterruptedException {
    return send(endpoint, new WriteRequest(format, object, 0, resource, text)).getCode().toString();
  }

  String write(String endpoint, ContentFormat format, int object, int resource, long number)
      throws InterruptedException {
    return send(endpoint, new WriteRequest(format, object, 0, resource, number))
        .getCode()
        .toString();
  }

  String execute(String endpoint, String path, String arguments) throws InterruptedException {
    return send(
            endpoint,
            arguments.isEmpty() ? new ExecuteRequest(path) : new ExecuteRequest(path, arguments))
        .getCode()
        .toString();
  }

  <T extends LwM2mResponse> T any(String endpoint, DownlinkDeviceManagementRequest<T> request)
      throws InterruptedException {
    return send(endpoint, request);
  }

  @Override
  public void close() {
    server.destroy();
  }

  /// Files, sent in blocks by Californium.
  private final class Packages extends CoapResource {
    Packages() {
      super("packages");
    }

    @Override
    public org.eclipse.californium.core.server.resources.Resource getChild(String name) {
      return new CoapResource(name) {
        @Override
        public void handleGET(CoapExchange exchange) {
          byte[] bytes = files.get(name);
          if (bytes == null) {
            exchange.respond(ResponseCode.NOT_FOUND);
          } else {
            exchange.respond(ResponseCode.CONTENT, bytes);
          }
        }
      };
    }
  }

  private final class Registered implements RegistrationListener {
    @Override
    public void registered(
        Registration registration, Registration previous, java.util.Collection<Observation> old) {
      registrations.put(registration.getEndpoint(), registration);
      events(registration.getEndpoint()).add("registered");
    }

    @Override
    public void updated(RegistrationUpdate update, Registration updated, Registration previous) {
      registrations.put(updated.getEndpoint(), updated);
      events(updated.getEndpoint()).add("updated");
    }

    @Override
    public void unregistered(
        Registration registration,
        java.util.Collection<Observation> observations,
        boolean expired,
        Registration newRegistration) {
      events(registration.getEndpoint()).add(expired ? "expired" : "unregistered");
    }
  }

  private final class Sent implements SendListener {
    @Override
    public void dataReceived(
        Registration registration, TimestampedLwM2mNodes data, SendRequest request) {
      Map<String, String> values = new TreeMap<>();
      data.getMostRecentNodes().forEach((path, node) -> flatten(path.toString(), node, values));
      events(registration.getEndpoint()).add("sent " + values);
    }

    @Override
    public void onError(Registration registration, String error, Exception cause) {
      events(registration.getEndpoint()).add("bad send " + error + " " + cause);
    }
  }

  private final class Notified implements ObservationListener {
    @Override
    public void newObservation(Observation observation, Registration registration) {}

    @Override
    public void cancelled(Observation observation) {}

    @Override
    public void onResponse(
        SingleObservation observation, Registration registration, ObserveResponse response) {
      Map<String, String> values = new TreeMap<>();
      flatten(observation.getPath().toString(), response.getContent(), values);
      events(registration.getEndpoint()).add("notified " + values);
    }

    @Override
    public void onResponse(
        CompositeObservation observation,
        Registration registration,
        ObserveCompositeResponse response) {}

    @Override
    public void onError(Observation observation, Registration registration, Exception error) {
      events(registration.getEndpoint()).add("bad notification " + error);
    }
  }
}
