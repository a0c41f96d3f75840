package dev.mote.orchestration.gateway;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StringOption;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.dtls.DTLSSession;

/// The server that devices register with.
public final class Gateway implements AutoCloseable {

  /// Messages of devices that are worked on or wait for the journal; more are turned away.
  private static final int MOST_AT_ONCE = 8_192;

  private static final long CLOSING_SECONDS = 5;

  private final Sessions sessions;
  private final Calls calls;
  private final Expirations expirations;
  private final Errands errands;
  private final Registrar registrar;
  private final SendDoor sendDoor;
  private final PackageDoor packageDoor;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gateway").factory());
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final List<CoapEndpoint> doors = new ArrayList<>();
  private final Optional<DTLSConnector> connector;
  private final Optional<SessionStore> sessionStore;
  private volatile boolean closed;

  private Gateway(
      GatewaySettings settings,
      RegistrationJournal journal,
      RequestQueue queue,
      Credentials credentials,
      PackageSource packages,
      DeviceListener listener) {
    sessions = new Sessions(journal, settings.node(), settings.times().awake().toNanos());
    calls = new Calls(sessions, settings.times().ack(), settings.times().answer());
    Packages pieces = new Packages(packages);
    Offers offers = new Offers(settings.packages().tokens());
    errands =
        new Errands(
            settings,
            sessions,
            calls,
            new Pushing(calls, pieces, listener),
            offers,
            queue,
            listener,
            this::work,
            timer);
    registrar = new Registrar(settings, journal, sessions, credentials, listener, errands);
    sendDoor = new SendDoor(settings, sessions, listener, errands);
    packageDoor = new PackageDoor(settings, offers, pieces, sessions, credentials, listener);
    expirations =
        new Expirations(
            journal,
            settings.clock(),
            registration -> {
              sessions.closed(registration.endpoint(), registration.id());
              listener.on(new DeviceEvent.Expired(registration.endpoint()));
            });
    Configuration configuration = Doors.configuration(settings.times().ack());
    settings
        .at()
        .coap()
        .ifPresent(
            address -> {
              CoapEndpoint door = Doors.plain(configuration, address);
              sessions.plainDoor(door);
              doors.add(door);
            });
    sessionStore = settings.sessions();
    connector =
        settings
            .at()
            .coaps()
            .map(
                address ->
                    Handshakes.connector(
                        configuration,
                        address,
                        settings.at().serverKey(),
                        credentials,
                        this::work));
    connector.ifPresent(
        secure -> {
          CoapEndpoint door = Doors.secure(configuration, secure);
          sessions.secureDoor(
              door,
              address ->
                  Optional.ofNullable(secure.getSessionByAddress(address))
                      .map(DTLSSession::getPeerIdentity));
          doors.add(door);
        });
    for (CoapEndpoint door : doors) {
      door.setMessageDeliverer(new Deliverer(door));
      door.addInterceptor(
          new Notifications(door, settings, sessions, calls, errands, listener, this::work));
    }
  }

  /// Starts a gateway; it listens when this returns. The caller then wakes devices whose requests
  /// waited before.
  ///
  /// @throws UncheckedIOException when it cannot listen
  public static Gateway start(
      GatewaySettings settings,
      RegistrationJournal journal,
      RequestQueue queue,
      Credentials credentials,
      PackageSource packages,
      DeviceListener listener) {
    Gateway gateway = new Gateway(settings, journal, queue, credentials, packages, listener);
    try {
      gateway.withSessions(KeptSessions::load);
      for (CoapEndpoint door : gateway.doors) {
        door.start();
      }
    } catch (IOException e) {
      gateway.close();
      throw new UncheckedIOException("the gateway cannot listen", e);
    }
    gateway.expirations.start();
    return gateway;
  }

  /// Says that requests wait for a device. Does nothing when the device last spoke to another
  /// process; a device that sleeps gets them when it is heard.
  public void wake(String endpoint) {
    Session known = sessions.inMemory(endpoint);
    if (known != null) {
      known.hasWork(true);
      errands.serve(known);
    } else {
      work(() -> sessions.of(endpoint).ifPresent(errands::serve));
    }
  }

  /// Ends a request that is under way, a push for instance, with [Answer.Unsent].
  public void cancel(String endpoint, UUID request) {
    Session session = sessions.inMemory(endpoint);
    if (session != null) {
      session.cancel(request);
    }
  }

  /// Where it listens: CoAP, then CoAPs, as far as set up.
  public List<InetSocketAddress> addresses() {
    return doors.stream().map(CoapEndpoint::getAddress).toList();
  }

  /// How many devices this process speaks with.
  public int devices() {
    return sessions.size();
  }

  private void withSessions(BiConsumer<DTLSConnector, SessionStore> work) {
    connector.ifPresent(secure -> sessionStore.ifPresent(store -> work.accept(secure, store)));
  }

  private void work(Runnable task) {
    if (!closed) {
      workers.execute(task);
    }
  }

  /// Stops listening. What is under way is not answered, and is done by whoever starts next; what
  /// a device has answered already is kept.
  @Override
  public void close() {
    closed = true;
    calls.close();
    expirations.close();
    timer.shutdownNow();
    workers.shutdown();
    doors.forEach(CoapEndpoint::stop);
    withSessions(KeptSessions::save);
    doors.forEach(CoapEndpoint::destroy);
    try {
      if (!workers.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        workers.shutdownNow();
        workers.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /// Brings requests to who answers them.
  private final class Deliverer implements MessageDeliverer {

    private final CoapEndpoint door;

    Deliverer(CoapEndpoint door) {
      this.door = door;
    }

    @Override
    public void deliverRequest(Exchange exchange) {
      List<StringOption> path = exchange.getRequest().getOptions().getUriPath();
      switch (path.isEmpty() ? "" : path.getFirst().getStringValue()) {
        case "rd" -> handOver(exchange, () -> registrar.handle(door, exchange));
        case GatewayStack.PACKAGES -> handOver(exchange, () -> packageDoor.handle(exchange));
        case "dp" -> {
          if (sessions.inMemory(exchange.getRequest().getSourceContext()) != null) {
            sendDoor.handle(door, exchange);
          } else {
            handOver(exchange, () -> sendDoor.handle(door, exchange));
          }
        }
        default -> exchange.sendResponse(new Response(ResponseCode.NOT_FOUND));
      }
    }

    private void handOver(Exchange exchange, Runnable task) {
      if (!places.tryAcquire()) {
        Response busy = new Response(ResponseCode.SERVICE_UNAVAILABLE);
        busy.getOptions().setMaxAge(10);
        exchange.sendResponse(busy);
        return;
      }
      work(
          () -> {
            try {
              task.run();
            } finally {
              places.release();
            }
          });
    }

    @Override
    public void deliverResponse(Exchange exchange, Response response) {
      exchange.getRequest().setResponse(response);
    }
  }
}
