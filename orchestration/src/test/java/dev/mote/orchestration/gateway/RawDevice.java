package dev.mote.orchestration.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.jspecify.annotations.Nullable;

/// A device that does nothing by itself: a test says what it sends and how it answers.
final class RawDevice implements AutoCloseable {

  static final String OBJECTS = "</>;rt=\"oma.lwm2m\",</1/0>, </3/0>,</9/0>;ver=1.0";

  final CoapEndpoint endpoint;
  private final AtomicBoolean isDeaf = new AtomicBoolean();
  private final AtomicReference<Function<Request, @Nullable Response>> behaviour =
      new AtomicReference<>(_ -> new Response(ResponseCode.NOT_FOUND));
  private InetSocketAddress server;
  String location = "";

  RawDevice(InetSocketAddress server) throws IOException {
    this.server = server;
    Configuration configuration =
        new Configuration(Doors.configuration(Duration.ofMillis(150)))
            .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 0);
    endpoint =
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setConnector(
                new UDPConnector(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), configuration))
            .build();
    endpoint.addInterceptor(
        new org.eclipse.californium.core.network.interceptors.MessageInterceptor() {
          @Override
          public void receiveRequest(Request request) {
            request.setCanceled(isDeaf.get());
          }
        });
    endpoint.setMessageDeliverer(
        new MessageDeliverer() {
          @Override
          public void deliverRequest(Exchange exchange) {
            Response response = behaviour.get().apply(exchange.getRequest());
            if (response != null) {
              exchange.sendResponse(response);
            }
          }

          @Override
          public void deliverResponse(Exchange exchange, Response response) {
            exchange.getRequest().setResponse(response);
          }
        });
    endpoint.start();
  }

  /// Answers requests so; null for no answer at all.
  void behaves(Function<Request, @Nullable Response> answers) {
    behaviour.set(answers);
  }

  /// Hears nothing, as if it slept.
  void deaf(boolean is) {
    isDeaf.set(is);
  }

  void server(InetSocketAddress address) {
    server = address;
  }

  Response send(Request request) throws InterruptedException {
    request.setDestinationContext(new AddressEndpointContext(server));
    endpoint.sendRequest(request);
    return request.waitForResponse(60_000);
  }

  Response register(String query) throws InterruptedException {
    Request request = post("rd", query, OBJECTS);
    request.getOptions().setContentFormat(Content.LINKS);
    Response response = send(request);
    if (response != null && response.getCode() == ResponseCode.CREATED) {
      location = response.getOptions().getLocationPathString();
    }
    return response;
  }

  Response update(String query) throws InterruptedException {
    return send(post(location, query, ""));
  }

  static Request post(String path, String query, String payload) {
    Request request = new Request(Code.POST);
    for (String segment : path.split("/")) {
      request.getOptions().addUriPath(segment);
    }
    Arrays.stream(query.split("&"))
        .filter(q -> !q.isEmpty())
        .forEach(request.getOptions()::addUriQuery);
    if (!payload.isEmpty()) {
      request.setPayload(payload.getBytes(StandardCharsets.UTF_8));
    }
    return request;
  }

  static String path(Request request) {
    return "/" + request.getOptions().getUriPathString();
  }

  static Response text(String text) {
    Response response = new Response(ResponseCode.CONTENT);
    response.getOptions().setContentFormat(Content.TEXT);
    response.setPayload(text);
    return response;
  }

  @Override
  public void close() {
    endpoint.destroy();
  }
}
