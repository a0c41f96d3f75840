package dev.mote.orchestration.gateway;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StringOption;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.AbstractLayer;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.BlockwiseLayer;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.network.stack.ObserveLayer;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;

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
    Bypass bypass = new Bypass();
    setLayers(
        new Layer[] {
          new ExchangeCleanupLayer(configuration),
          new ObserveLayer(configuration),
          bypass.above,
          new BlockwiseLayer(tag, false, configuration, matching),
          bypass.below,
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

  /// Two layers, above and below the one that puts blocks together, which leads around it.
  private static final class Bypass {

    final Layer above =
        new AbstractLayer() {
          @Override
          public void sendRequest(Exchange exchange, Request request) {
            if (isByBlocks(exchange.getRequest())) {
              exchange.setCurrentRequest(request);
              below.sendRequest(exchange, request);
            } else {
              super.sendRequest(exchange, request);
            }
          }

          @Override
          public void sendResponse(Exchange exchange, Response response) {
            if (isByBlocks(exchange.getRequest())) {
              below.sendResponse(exchange, response);
            } else {
              super.sendResponse(exchange, response);
            }
          }
        };

    final Layer below =
        new AbstractLayer() {
          @Override
          public void receiveRequest(Exchange exchange, Request request) {
            if (isByBlocks(request)) {
              exchange.setRequest(request);
              above.receiveRequest(exchange, request);
            } else {
              super.receiveRequest(exchange, request);
            }
          }

          @Override
          public void receiveResponse(Exchange exchange, Response response) {
            if (isByBlocks(exchange.getRequest())) {
              exchange.setResponse(response);
              above.receiveResponse(exchange, response);
            } else {
              super.receiveResponse(exchange, response);
            }
          }
        };
  }
}
