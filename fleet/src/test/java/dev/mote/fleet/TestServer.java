package dev.mote.fleet;

import dev.mote.orchestration.object.MoteObjects;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.leshan.core.model.DDFFileParser;
import org.eclipse.leshan.core.model.InvalidDDFFileException;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.DownlinkDeviceManagementRequest;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.response.ObserveCompositeResponse;
import org.eclipse.leshan.core.response.ObserveResponse;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.LeshanServerBuilder;
import org.eclipse.leshan.server.model.VersionedModelProvider;
import org.eclipse.leshan.server.observation.ObservationListener;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationListener;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.transport.californium.server.endpoint.CaliforniumServerEndpointsProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coap.CoapServerProtocolProvider;

/// An LwM2M server of others, without anything of Mote's.
final class TestServer implements AutoCloseable {

  private static final long PATIENCE_MILLIS = 120_000;

  private final LeshanServer server;
  private final int port;
  final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  final BlockingQueue<Object> notified = new LinkedBlockingQueue<>();

  TestServer() throws IOException, InvalidDDFFileException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadDefault());
    for (String name : MoteObjects.DEFINITIONS) {
      try (InputStream in = MoteObjects.class.getResourceAsStream(name)) {
        models.addAll(new DDFFileParser().parse(in, name));
      }
    }
    CaliforniumServerEndpointsProvider.Builder endpoints =
        new CaliforniumServerEndpointsProvider.Builder(new CoapServerProtocolProvider());
    endpoints.setConfiguration(
        configuration -> {
          configuration.set(CoapConfig.ACK_TIMEOUT, 200, TimeUnit.MILLISECONDS);
          configuration.set(CoapConfig.MAX_RETRANSMIT, 8);
          configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 1 << 22);
        });
    server =
        new LeshanServerBuilder()
            .setObjectModelProvider(new VersionedModelProvider(models))
            .setEndpointsProviders(endpoints.addEndpoint(uri().toString()).build())
            .build();
    server.getRegistrationService().addListener(new Told());
    server.getObservationService().addListener(new Notified());
    server.start();
  }

  URI uri() {
    return URI.create("coap://127.0.0.1:" + port);
  }

  <T extends LwM2mResponse> T send(String endpoint, DownlinkDeviceManagementRequest<T> request)
      throws InterruptedException {
    Registration registration = server.getRegistrationStore().getRegistrationByEndpoint(endpoint);
    return server.send(registration, request, PATIENCE_MILLIS);
  }

  String next() throws InterruptedException {
    return String.valueOf(events.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
  }

  Object nextNotified() throws InterruptedException {
    Object value = notified.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    return value == null ? "nothing" : value;
  }

  @Override
  public void close() {
    server.destroy();
  }

  private final class Told implements RegistrationListener {
    @Override
    public void registered(
        Registration registration, Registration previous, Collection<Observation> observations) {
      events.add("registered " + registration.getEndpoint());
    }

    @Override
    public void updated(RegistrationUpdate update, Registration updated, Registration previous) {
      events.add("updated " + updated.getEndpoint());
    }

    @Override
    public void unregistered(
        Registration registration,
        Collection<Observation> observations,
        boolean expired,
        Registration next) {
      if (next == null) {
        events.add((expired ? "expired " : "gone ") + registration.getEndpoint());
      }
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
      notified.add(response.getContent());
    }

    @Override
    public void onResponse(
        CompositeObservation observation,
        Registration registration,
        ObserveCompositeResponse response) {}

    @Override
    public void onError(Observation observation, Registration registration, Exception error) {
      notified.add(error);
    }
  }
}
