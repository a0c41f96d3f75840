package dev.mote.orchestration.gateway;

import java.util.Objects;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StringOption;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.BlockwiseLayer;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.network.stack.ObserveLayer;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.util.ProtocolScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// Californium's layers, with a way around the one that puts blocks together: packages are pushed
/// and fetched block by block, as each block is progress, and no whole package is in memory.
final class GatewayStack extends BaseCoapStack {

  /// First segment of the path of what is fetched by blocks that are made one by one.
  static final String PACKAGES = "packages";

  /// A request that is one block, and must stay one.
  static final class OneBlock extends Request {
    OneBlock(Code code) {
      super(code);
    }
  }

  GatewayStack(
      String tag, Configuration configuration, EndpointContextMatcher matching, Outbox outbox) {
    super(outbox);
    setLayers(
        new Layer[] {
          new ExchangeCleanupLayer(configuration),
          new ObserveLayer(configuration),
          new Detour(new BlockwiseLayer(tag, false, configuration, matching)),
          CongestionControlLayer.newImplementation(tag, configuration)
        });
  }

  private static boolean isByBlocks(Request request) {
    if (request instanceof OneBlock) {
      return true;
    }
    for (StringOption segment : request.getOptions().getUriPath()) {
      return segment.getStringValue().equals(PACKAGES);
    }
    return false;
  }

  /// Goes through a layer or past it.
  private static final class Detour implements Layer {

    private final BlockwiseLayer through;
    private @Nullable Layer upper;
    private @Nullable Layer lower;

    Detour(BlockwiseLayer through) {
      this.through = through;
    }

    private Layer upper() {
      return Objects.requireNonNull(upper);
    }

    private Layer lower() {
      return Objects.requireNonNull(lower);
    }

    @Override
    public void sendRequest(Exchange exchange, Request request) {
      if (isByBlocks(exchange.getRequest())) {
        exchange.setCurrentRequest(request);
        lower().sendRequest(exchange, request);
      } else {
        through.sendRequest(exchange, request);
      }
    }

    @Override
    public void sendResponse(Exchange exchange, Response response) {
      if (isByBlocks(exchange.getRequest())) {
        lower().sendResponse(exchange, response);
      } else {
        through.sendResponse(exchange, response);
      }
    }

    @Override
    public void sendEmptyMessage(Exchange exchange, EmptyMessage message) {
      through.sendEmptyMessage(exchange, message);
    }

    @Override
    public void receiveRequest(Exchange exchange, Request request) {
      if (isByBlocks(request)) {
        exchange.setRequest(request);
        upper().receiveRequest(exchange, request);
      } else {
        through.receiveRequest(exchange, request);
      }
    }

    @Override
    public void receiveResponse(Exchange exchange, Response response) {
      if (isByBlocks(exchange.getRequest())) {
        exchange.setResponse(response);
        upper().receiveResponse(exchange, response);
      } else {
        through.receiveResponse(exchange, response);
      }
    }

    @Override
    public void receiveEmptyMessage(Exchange exchange, EmptyMessage message) {
      through.receiveEmptyMessage(exchange, message);
    }

    @Override
    public void setLowerLayer(Layer layer) {
      lower = layer;
      through.setLowerLayer(new Passage(layer));
      layer.setUpperLayer(this);
    }

    @Override
    public void setUpperLayer(Layer layer) {
      upper = layer;
      through.setUpperLayer(new Passage(layer));
    }

    @Override
    public void setExecutor(ProtocolScheduledExecutorService executor) {
      through.setExecutor(executor);
    }

    @Override
    public void start() {
      through.start();
    }

    @Override
    public void destroy() {
      through.destroy();
    }
  }

  /// What the layer in the detour takes for its neighbour: layers bind each other when they are
  /// joined, which the real neighbours must not be.
  private record Passage(Layer to) implements Layer {

    @Override
    public void sendRequest(Exchange exchange, Request request) {
      to.sendRequest(exchange, request);
    }

    @Override
    public void sendResponse(Exchange exchange, Response response) {
      to.sendResponse(exchange, response);
    }

    @Override
    public void sendEmptyMessage(Exchange exchange, EmptyMessage message) {
      to.sendEmptyMessage(exchange, message);
    }

    @Override
    public void receiveRequest(Exchange exchange, Request request) {
      to.receiveRequest(exchange, request);
    }

    @Override
    public void receiveResponse(Exchange exchange, Response response) {
      to.receiveResponse(exchange, response);
    }

    @Override
    public void receiveEmptyMessage(Exchange exchange, EmptyMessage message) {
      to.receiveEmptyMessage(exchange, message);
    }

    @Override
    public void setLowerLayer(Layer layer) {}

    @Override
    public void setUpperLayer(Layer layer) {}

    @Override
    public void setExecutor(ProtocolScheduledExecutorService executor) {}

    @Override
    public void start() {}

    @Override
    public void destroy() {}
  }
}
