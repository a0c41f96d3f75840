package dev.mote.fleet.line;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.SinglePskStore;

/// A way over DTLS 1.2 with a pre-shared key, and a connection id. It has threads of its own, so
/// that there are some hundreds at most.
public final class DtlsLine implements Line {

  private final DTLSConnector connector;
  private final InetSocketAddress server;

  private DtlsLine(DTLSConnector connector, InetSocketAddress server) {
    this.connector = connector;
    this.server = server;
  }

  /// Opens a socket; the handshake comes with the first datagram.
  ///
  /// @param identity of the key
  /// @param secret the key
  /// @param listener called on the thread of `loop`
  public static Line open(
      Loop loop, InetSocketAddress server, String identity, byte[] secret, Listener listener) {
    DtlsConfig.register();
    DtlsConnectorConfig settings =
        DtlsConnectorConfig.builder(new Configuration(DtlsConfig.DEFINITIONS))
            .set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY)
            .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
            .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
            .setAddress(new InetSocketAddress(0))
            .setPskStore(new SinglePskStore(identity, secret))
            .build();
    DTLSConnector connector = new DTLSConnector(settings);
    connector.setRawDataReceiver(data -> loop.execute(() -> listener.arrived(data.getBytes())));
    try {
      connector.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new DtlsLine(connector, server);
  }

  @Override
  public void send(byte[] datagram) {
    connector.send(RawData.outbound(datagram, new AddressEndpointContext(server), null, false));
  }

  @Override
  public void close() {
    connector.destroy();
  }
}
