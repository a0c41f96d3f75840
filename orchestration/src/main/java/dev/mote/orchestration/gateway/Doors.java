package dev.mote.orchestration.gateway;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.InMemoryMessageExchangeStore;
import org.eclipse.californium.core.observe.Observation;
import org.eclipse.californium.core.observe.ObservationStore;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.PrincipalEndpointContextMatcher;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.UdpEndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.jspecify.annotations.Nullable;

/// Makes CoAP endpoints that bear many devices in little memory.
public final class Doors {

  /// Bursts of a whole fleet fit.
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  private static final int MOST_PEERS = 1_000_000;

  private Doors() {}

  /// What all endpoints have in common.
  ///
  /// @param ackTime ACK_TIMEOUT of CoAP
  public static Configuration configuration(Duration ackTime) {
    CoapConfig.register();
    UdpConfig.register();
    DtlsConfig.register();
    return new Configuration(CoapConfig.DEFINITIONS, UdpConfig.DEFINITIONS, DtlsConfig.DEFINITIONS)
        .set(CoapConfig.ACK_TIMEOUT, (int) ackTime.toMillis(), TimeUnit.MILLISECONDS)
        .set(CoapConfig.USE_MESSAGE_OFFLOADING, true)
        .set(CoapConfig.MAX_ACTIVE_PEERS, MOST_PEERS)
        .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, Content.LARGEST_BODY)
        .set(CoapConfig.PREFERRED_BLOCK_SIZE, 1024)
        .set(CoapConfig.MAX_MESSAGE_SIZE, 1024)
        .set(CoapConfig.NOTIFICATION_REREGISTRATION_BACKOFF, 0, TimeUnit.SECONDS)
        .set(UdpConfig.UDP_RECEIVE_BUFFER_SIZE, SOCKET_BUFFER_BYTES)
        .set(UdpConfig.UDP_SEND_BUFFER_SIZE, SOCKET_BUFFER_BYTES)
        .set(DtlsConfig.DTLS_RECEIVE_BUFFER_SIZE, SOCKET_BUFFER_BYTES)
        .set(DtlsConfig.DTLS_SEND_BUFFER_SIZE, SOCKET_BUFFER_BYTES);
  }

  public static CoapEndpoint plain(Configuration configuration, InetSocketAddress address) {
    return endpoint(configuration, new UDPConnector(address, configuration), false);
  }

  public static CoapEndpoint secure(Configuration configuration, DTLSConnector connector) {
    return endpoint(configuration, connector, true);
  }

  private static CoapEndpoint endpoint(
      Configuration configuration, Connector connector, boolean isSecure) {
    InMemoryMessageExchangeStore exchanges = new InMemoryMessageExchangeStore(configuration);
    exchanges.setDeduplicator(
        new LastMessages(configuration.get(CoapConfig.EXCHANGE_LIFETIME, TimeUnit.NANOSECONDS)));
    return CoapEndpoint.builder()
        .setConfiguration(configuration)
        .setMessageExchangeStore(exchanges)
        .setConnector(connector)
        .setEndpointContextMatcher(
            isSecure ? new PrincipalEndpointContextMatcher() : new UdpEndpointContextMatcher(true))
        .setObservationStore(new Nowhere())
        .setCoapStackFactory(
            (protocol, tag, settings, matching, outbox, argument) ->
                new GatewayStack(tag, settings, matching, outbox))
        .build();
  }

  /// Observations are kept elsewhere: see [Notifications].
  private static final class Nowhere implements ObservationStore {

    @Override
    public @Nullable Observation putIfAbsent(Token token, Observation observation) {
      return null;
    }

    @Override
    public @Nullable Observation put(Token token, Observation observation) {
      return null;
    }

    @Override
    public void remove(Token token) {}

    @Override
    public @Nullable Observation get(Token token) {
      return null;
    }

    @Override
    public void setContext(Token token, EndpointContext context) {}

    @Override
    public void setExecutor(ScheduledExecutorService executor) {}

    @Override
    public void start() {}

    @Override
    public void stop() {}
  }
}
