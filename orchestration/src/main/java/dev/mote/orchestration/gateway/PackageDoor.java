package dev.mote.orchestration.gateway;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.BlockOption;
import org.eclipse.californium.core.coap.option.StringOption;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.elements.EndpointContext;

/// Gives packages away, block by block, to the devices that they were offered to.
final class PackageDoor {

  private static final System.Logger LOG = System.getLogger(PackageDoor.class.getName());
  private static final int LARGEST_SZX = 6;
  private static final int ETAG_BYTES = 8;
  private static final long PROGRESS_NANOS = 500_000_000L;
  private static final int MOST_TRANSFERS = 20_000;

  private final GatewaySettings settings;
  private final Offers offers;
  private final Packages packages;
  private final Sessions sessions;
  private final Credentials credentials;
  private final DeviceListener listener;

  /// When progress was last told of each transfer.
  private final Map<UUID, Long> told =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Long> eldest) {
          return size() > MOST_TRANSFERS;
        }
      };

  PackageDoor(
      GatewaySettings settings,
      Offers offers,
      Packages packages,
      Sessions sessions,
      Credentials credentials,
      DeviceListener listener) {
    this.settings = settings;
    this.offers = offers;
    this.packages = packages;
    this.sessions = sessions;
    this.credentials = credentials;
    this.listener = listener;
  }

  /// Answers a request for a block. May block.
  void handle(Exchange exchange) {
    Response response;
    try {
      response = block(exchange.getRequest());
    } catch (IOException | RuntimeException e) {
      LOG.log(WARNING, "could not read a package", e);
      response = new Response(ResponseCode.SERVICE_UNAVAILABLE);
    }
    exchange.sendResponse(response);
  }

  private Response block(Request request) throws IOException {
    if (request.getCode() != Code.GET) {
      return new Response(ResponseCode.METHOD_NOT_ALLOWED);
    }
    List<StringOption> path = request.getOptions().getUriPath();
    Optional<Offers.Offer> read =
        path.size() == 2
            ? offers.read(path.get(1).getStringValue(), settings.clock().instant())
            : Optional.empty();
    if (read.isEmpty() || !isFor(read.get().endpoint(), request.getSourceContext())) {
      return new Response(ResponseCode.NOT_FOUND);
    }
    Offers.Offer offer = read.get();
    BlockOption asked = request.getOptions().getBlock2();
    int szx = asked == null ? LARGEST_SZX : Math.min(LARGEST_SZX, asked.getSzx());
    int length = 16 << szx;
    long offset = asked == null ? 0 : (long) asked.getNum() * asked.getSize();
    Optional<Packages.Part> part = packages.part(offer.sha256(), offset, length);
    if (part.isEmpty()) {
      return new Response(ResponseCode.NOT_FOUND);
    }
    long size = part.get().size();
    byte[] bytes = part.get().bytes();
    if (bytes.length == 0 && offset > 0) {
      return new Response(ResponseCode.BAD_OPTION);
    }
    boolean more = offset + bytes.length < size;
    Response response = new Response(ResponseCode.CONTENT);
    response.getOptions().setContentFormat(Content.OPAQUE);
    response.getOptions().setBlock2(szx, more, (int) (offset >> szx + 4));
    response
        .getOptions()
        .addETag(Arrays.copyOf(HexFormat.of().parseHex(offer.sha256()), ETAG_BYTES));
    if (offset == 0 && size <= Integer.MAX_VALUE) {
      response.getOptions().setSize2((int) size);
    }
    response.setPayload(bytes);
    progress(offer, more ? offset : size, !more || offset == 0);
    return response;
  }

  private boolean isFor(String endpoint, EndpointContext context) {
    Session session = sessions.inMemory(endpoint);
    String sender = Peers.name(context);
    if (session != null && context.getPeerIdentity() != null) {
      if (session.identity().equals(sender)) {
        return true;
      }
    } else if (session != null && session.isFrom(context)) {
      return true;
    }
    return credentials
        .endpointAllowed(Peers.of(context), endpoint)
        .filter(endpoint::equals)
        .isPresent();
  }

  private void progress(Offers.Offer offer, long bytes, boolean always) {
    long now = System.nanoTime();
    synchronized (told) {
      Long last = told.get(offer.request());
      if (!always && last != null && now - last < PROGRESS_NANOS) {
        return;
      }
      told.put(offer.request(), now);
    }
    listener.on(new DeviceEvent.Moved(offer.endpoint(), offer.request(), bytes));
  }
}
