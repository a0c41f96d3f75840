package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.SinglePskStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Devices behind an address translation that forgets them.
@Timeout(200)
class RebindingTest {

  private static final byte[] KEY = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

  /// An address translation: what the gateway sees of the device is the address of `outside`.
  private static final class Nat implements AutoCloseable {

    private final DatagramSocket inside = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final InetSocketAddress gateway;
    private volatile DatagramSocket outside;
    private volatile @Nullable SocketAddress device;

    Nat(InetSocketAddress gateway) throws IOException {
      this.gateway = gateway;
      this.outside = open();
      Thread.ofVirtual().start(() -> pass(inside));
    }

    private DatagramSocket open() throws IOException {
      DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> pass(socket));
      return socket;
    }

    private void pass(DatagramSocket from) {
      byte[] buffer = new byte[2048];
      try {
        while (true) {
          DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
          from.receive(packet);
          SocketAddress known = device;
          if (from == inside) {
            device = packet.getSocketAddress();
            packet.setSocketAddress(gateway);
            outside.send(packet);
          } else if (known != null) {
            packet.setSocketAddress(known);
            inside.send(packet);
          }
        }
      } catch (IOException e) {
        // Closed.
      }
    }

    /// The device has another address from now on, and nothing comes in by the former.
    void rebind() throws IOException {
      DatagramSocket former = outside;
      outside = open();
      former.close();
    }

    @Override
    public void close() {
      inside.close();
      outside.close();
    }
  }

  /// @param connectionId bytes of the device's own; below 0 for a device that knows of none
  private static CoapEndpoint device(int connectionId) throws IOException {
    Configuration configuration = new Configuration(Doors.configuration(Duration.ofMillis(150)));
    DtlsConnectorConfig.Builder dtls =
        DtlsConnectorConfig.builder(configuration)
            .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, connectionId)
            .setPskStore(new SinglePskStore("id-1", KEY));
    CoapEndpoint endpoint = Doors.secure(configuration, new DTLSConnector(dtls.build()));
    endpoint.setMessageDeliverer(
        new MessageDeliverer() {
          @Override
          public void deliverRequest(Exchange exchange) {
            exchange.sendResponse(RawDevice.text("7"));
          }

          @Override
          public void deliverResponse(Exchange exchange, Response response) {
            exchange.getRequest().setResponse(response);
          }
        });
    endpoint.start();
    return endpoint;
  }

  private static @Nullable Response send(CoapEndpoint device, Nat nat, Request request, long millis)
      throws InterruptedException {
    request.setDestinationContext(
        new AddressEndpointContext((InetSocketAddress) nat.inside.getLocalSocketAddress()));
    device.sendRequest(request);
    return request.waitForResponse(millis);
  }

  private static String register(Scene scene, CoapEndpoint device, Nat nat) throws Exception {
    Request request = RawDevice.post("rd", "ep=board-1&lwm2m=1.1&lt=300", RawDevice.OBJECTS);
    request.getOptions().setContentFormat(Content.LINKS);
    Response response = Objects.requireNonNull(send(device, nat, request, 20_000), "no answer");
    scene.await(Registered.class);
    return response.getOptions().getLocationPathString();
  }

  private static Scene scene() {
    Scene scene = new Scene();
    scene.settings =
        scene.settings.withCoaps(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    scene.keys.put("id-1", new Credentials.Psk("id-1", Secret.of(KEY)));
    scene.owners.put(new Peer.PreShared("id-1"), "board-1");
    return scene.start();
  }

  private static int read(Scene scene) throws InterruptedException {
    return scene
        .received(
            "board-1",
            new dev.mote.orchestration.gateway.Request.Read(
                java.util.List.of(NodePath.of("/3/0/13"))))
        .code();
  }

  @Test
  void aConnectionIdOutlivesAnAddress() throws Exception {
    try (Scene scene = scene();
        Nat nat = new Nat(scene.coaps())) {
      CoapEndpoint device = device(0);
      try {
        String location = register(scene, device, nat);
        assertThat(read(scene)).isEqualTo(205);
        for (int i = 0; i < 2; i++) {
          nat.rebind();
          Response updated =
              Objects.requireNonNull(
                  send(device, nat, RawDevice.post(location, "", ""), 20_000), "no answer");
          assertThat(updated.getCode()).isEqualTo(ResponseCode.CHANGED);
          // And back: the gateway's requests go to the new address.
          assertThat(read(scene)).isEqualTo(205);
        }
        assertThat(scene.past).filteredOn(Registered.class::isInstance).hasSize(1);
      } finally {
        device.destroy();
      }
    }
  }

  @Test
  void withoutOneTheDeviceShakesHandsAnewAndNothingElseBreaks() throws Exception {
    try (Scene scene = scene();
        Nat nat = new Nat(scene.coaps())) {
      CoapEndpoint device = device(-1);
      try {
        String location = register(scene, device, nat);
        nat.rebind();
        // Nobody knows the address: what comes from there is dropped.
        assertThat(send(device, nat, RawDevice.post(location, "", ""), 700)).isNull();
        ((DTLSConnector) device.getConnector()).forceResumeAllSessions();
        Response updated =
            Objects.requireNonNull(
                send(device, nat, RawDevice.post(location, "", ""), 20_000), "no answer");
        assertThat(updated.getCode()).isEqualTo(ResponseCode.CHANGED);
        assertThat(read(scene)).isEqualTo(205);
        assertThat(scene.past).filteredOn(Registered.class::isInstance).hasSize(1);
      } finally {
        device.destroy();
      }
    }
  }
}
