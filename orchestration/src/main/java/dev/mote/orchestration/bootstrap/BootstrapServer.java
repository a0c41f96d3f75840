package dev.mote.orchestration.bootstrap;

import static java.lang.System.Logger.Level.WARNING;

import dev.mote.orchestration.gateway.Content;
import dev.mote.orchestration.gateway.Credentials;
import dev.mote.orchestration.gateway.Doors;
import dev.mote.orchestration.gateway.GatewaySettings;
import dev.mote.orchestration.gateway.Handshakes;
import dev.mote.orchestration.gateway.Peer;
import dev.mote.orchestration.gateway.Peers;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.ResourcePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;

/// A bootstrap server for devices that ask for it.
public final class BootstrapServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(BootstrapServer.class.getName());
  private static final int LONGEST_ENDPOINT = 200;
  private static final int MOST_AT_ONCE = 1_024;
  private static final long LAST_ANSWER_MILLIS = 3_000;

  /// A link of object 0 that has no short server id is that of the bootstrap server.
  private static final Pattern SECURITY = Pattern.compile("</0/([0-9]{1,5})>([^,]*)");

  private final Credentials credentials;
  private final BootstrapSource source;
  private final Consumer<BootstrapOutcome> listener;
  private final long patienceMillis;
  private final List<CoapEndpoint> doors = new ArrayList<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  /// The latest run of each device: one that asks again has forgotten the one before.
  private final Map<String, Object> running = new ConcurrentHashMap<>();

  private BootstrapServer(
      GatewaySettings settings,
      Credentials credentials,
      BootstrapSource source,
      Consumer<BootstrapOutcome> listener) {
    this.credentials = credentials;
    this.source = source;
    this.listener = listener;
    this.patienceMillis =
        settings.times().ack().toMillis() * 31 * 3 / 2 + settings.times().answer().toMillis();
    Configuration configuration = Doors.configuration(settings.times().ack());
    settings.at().coap().ifPresent(address -> doors.add(Doors.plain(configuration, address)));
    settings
        .at()
        .coaps()
        .ifPresent(
            address ->
                doors.add(
                    Doors.secure(
                        configuration,
                        Handshakes.connector(
                            configuration,
                            address,
                            settings.at().serverKey(),
                            credentials,
                            workers))));
    for (CoapEndpoint door : doors) {
      door.setMessageDeliverer(
          new MessageDeliverer() {
            @Override
            public void deliverRequest(Exchange exchange) {
              BootstrapServer.this.deliver(door, exchange);
            }

            @Override
            public void deliverResponse(Exchange exchange, Response response) {
              exchange.getRequest().setResponse(response);
            }
          });
    }
  }

  /// Starts it; it listens when this returns.
  ///
  /// @param settings where, with what key, and how patiently; the rest of them is of no meaning
  /// here
  /// @param credentials who may ask, as for a gateway
  /// @throws UncheckedIOException when it cannot listen
  public static BootstrapServer start(
      GatewaySettings settings,
      Credentials credentials,
      BootstrapSource source,
      Consumer<BootstrapOutcome> listener) {
    BootstrapServer server = new BootstrapServer(settings, credentials, source, listener);
    try {
      for (CoapEndpoint door : server.doors) {
        door.start();
      }
    } catch (IOException e) {
      server.close();
      throw new UncheckedIOException("the bootstrap server cannot listen", e);
    }
    return server;
  }

  /// Where it listens: CoAP, then CoAPs, as far as set up.
  public List<InetSocketAddress> addresses() {
    return doors.stream().map(CoapEndpoint::getAddress).toList();
  }

  @Override
  public void close() {
    workers.shutdownNow();
    doors.forEach(CoapEndpoint::destroy);
  }

  private void deliver(CoapEndpoint door, Exchange exchange) {
    Request request = exchange.getRequest();
    if (!request.getOptions().getUriPathString().equals("bs")) {
      exchange.sendResponse(new Response(ResponseCode.NOT_FOUND));
    } else if (request.getCode() != Code.POST) {
      exchange.sendResponse(new Response(ResponseCode.METHOD_NOT_ALLOWED));
    } else if (running.size() >= MOST_AT_ONCE) {
      exchange.sendResponse(new Response(ResponseCode.SERVICE_UNAVAILABLE));
    } else {
      workers.execute(() -> handle(door, exchange));
    }
  }

  private void handle(CoapEndpoint door, Exchange exchange) {
    Request request = exchange.getRequest();
    String asked = query(request, "ep=");
    Peer peer = Peers.of(request.getSourceContext());
    Optional<String> endpoint = Optional.empty();
    Optional<BootstrapPlan> plan = Optional.empty();
    ResponseCode refused = ResponseCode.BAD_REQUEST;
    try {
      if (asked.length() <= LONGEST_ENDPOINT
          && asked.chars().noneMatch(Character::isISOControl)
          && !(asked.isEmpty() && peer instanceof Peer.Unknown)) {
        endpoint = credentials.endpointAllowed(peer, asked);
        plan = endpoint.flatMap(name -> source.plan(peer, name));
      }
    } catch (RuntimeException e) {
      LOG.log(WARNING, "no plan could be looked up", e);
      refused = ResponseCode.SERVICE_UNAVAILABLE;
    }
    if (plan.isEmpty()) {
      exchange.sendResponse(new Response(refused));
      return;
    }
    // Once it is answered, the request's options are gone.
    List<Integer> formats = formats(query(request, "pct="));
    EndpointContext context = request.getSourceContext();
    exchange.sendResponse(new Response(ResponseCode.CHANGED));
    String name = endpoint.get();
    Object run = new Object();
    running.put(name, run);
    BootstrapOutcome outcome;
    try {
      List<String> refusals = new ArrayList<>();
      Optional<String> failure =
          tell(
              new Talk(door, context, patienceMillis, () -> running.get(name) == run),
              formats,
              plan.get(),
              refusals);
      refusals.addFirst("it has its accounts");
      outcome =
          new BootstrapOutcome(
              name, peer, failure.isEmpty(), failure.orElse(String.join(", but ", refusals)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } finally {
      running.remove(name, run);
    }
    listener.accept(outcome);
  }

  /// Says all of a plan.
  ///
  /// @param refusals takes what the device does without
  /// @return what went wrong
  private static Optional<String> tell(
      Talk talk, List<Integer> formats, BootstrapPlan plan, List<String> refusals)
      throws InterruptedException {
    int kept = kept(talk);
    List<Integer> others = others(talk, plan);
    Optional<Response> deleted = talk.say(new Request(Code.DELETE));
    if (deleted.isEmpty()) {
      return Optional.of("it did not answer to Delete");
    }
    // A device that cannot delete all overwrites what it has.
    for (Map<ResourcePath, List<Value>> instance : Accounts.instances(plan, kept)) {
      Optional<String> failure = write(talk, formats, instance);
      if (failure.isPresent()) {
        return failure;
      }
    }
    for (int object : others) {
      for (Map<ResourcePath, List<Value>> instance : Accounts.others(plan, object)) {
        write(talk, formats, instance).ifPresent(refusals::add);
      }
    }
    Request finish = new Request(Code.POST);
    finish.getOptions().addUriPath("bs");
    Optional<Response> finished = talk.say(finish);
    // Some devices leave for their new server between acknowledgement and answer.
    boolean left = finished.isEmpty() && finish.isAcknowledged();
    return left || (finished.isPresent() && finished.get().isSuccess())
        ? Optional.empty()
        : Optional.of("it answered " + code(finished) + " to Bootstrap-Finish");
  }

  /// The instance of object 0 with the account of this server; 0 when the device does not tell.
  private static int kept(Talk talk) throws InterruptedException {
    Request discover = new Request(Code.GET);
    discover.getOptions().addUriPath("0").setAccept(Content.LINKS);
    Optional<Response> response = talk.say(discover);
    if (response.isPresent() && response.get().isSuccess()) {
      Matcher links = SECURITY.matcher(response.get().getPayloadString());
      while (links.find()) {
        if (!links.group(2).contains("ssid")) {
          return Integer.parseInt(links.group(1));
        }
      }
    }
    return 0;
  }

  /// The objects beside the accounts that a plan writes to and the device has.
  private static List<Integer> others(Talk talk, BootstrapPlan plan) throws InterruptedException {
    List<Integer> objects = new ArrayList<>();
    for (int object :
        plan.values().keySet().stream().map(ResourcePath::object).distinct().toList()) {
      Request discover = new Request(Code.GET);
      discover.getOptions().addUriPath(Integer.toString(object)).setAccept(Content.LINKS);
      if (talk.say(discover).filter(Response::isSuccess).isPresent()) {
        objects.add(object);
      }
    }
    return objects;
  }

  private static Optional<String> write(
      Talk talk, List<Integer> formats, Map<ResourcePath, List<Value>> instance)
      throws InterruptedException {
    ResourcePath first = instance.keySet().iterator().next();
    Optional<Response> response = Optional.empty();
    for (int format : formats) {
      Request request = new Request(Code.PUT);
      request
          .getOptions()
          .addUriPath(Integer.toString(first.object()))
          .addUriPath(Integer.toString(first.instance()))
          .setContentFormat(format);
      request.setPayload(Content.write(format, instance));
      response = talk.say(request);
      if (response.isEmpty()
          || response.get().getCode() != ResponseCode.UNSUPPORTED_CONTENT_FORMAT) {
        break;
      }
    }
    return response.isPresent() && response.get().isSuccess()
        ? Optional.empty()
        : Optional.of(
            "it answered %s to the write of /%d/%d"
                .formatted(code(response), first.object(), first.instance()));
  }

  private static String code(Optional<Response> response) {
    return response.map(one -> one.getCode().toString()).orElse("nothing");
  }

  private static String query(Request request, String name) {
    for (String option : request.getOptions().getUriQueryStrings()) {
      if (option.startsWith(name)) {
        return option.substring(name.length());
      }
    }
    return "";
  }

  /// What the device prefers, then what all should take.
  private static List<Integer> formats(String preferred) {
    Set<Integer> formats = new LinkedHashSet<>();
    for (int format : List.of(Content.TLV, Content.SENML_CBOR, Content.SENML_JSON)) {
      if (preferred.equals(Integer.toString(format))) {
        formats.add(format);
      }
    }
    formats.addAll(List.of(Content.TLV, Content.SENML_CBOR, Content.SENML_JSON));
    return List.copyOf(formats);
  }

  /// Requests to one device, one after the other.
  private record Talk(
      CoapEndpoint door, EndpointContext context, long patienceMillis, BooleanSupplier goesOn) {

    Optional<Response> say(Request request) throws InterruptedException {
      if (!goesOn.getAsBoolean()) {
        return Optional.empty();
      }
      request.setDestinationContext(
          new AddressEndpointContext(context.getPeerAddress(), null, context.getPeerIdentity()));
      door.sendRequest(request);
      long until = System.nanoTime() + patienceMillis * 1_000_000;
      boolean isLast = request.getCode() == Code.POST;
      Response response = null;
      while (response == null && System.nanoTime() - until < 0) {
        response = request.waitForResponse(LAST_ANSWER_MILLIS);
        if (request.isCanceled()
            || request.isTimedOut()
            || request.isRejected()
            || request.getSendError() != null
            || (isLast && request.isAcknowledged())) {
          break;
        }
      }
      return Optional.ofNullable(response);
    }
  }
}
