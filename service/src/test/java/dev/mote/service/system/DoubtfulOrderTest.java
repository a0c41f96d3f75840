package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.service.Databases;
import dev.mote.service.TestService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/// A service that ends between giving an order to install and hearing of it.
@ResourceLock(MovableClock.LOCK)
class DoubtfulOrderTest {

  private static final String DATABASE = Databases.freshUrl();
  private static final int PORT = Site.freePort();
  private static final String VERSION = "2";

  private static TestService start() {
    return TestService.startWith(
        List.of(MovableClock.Beans.class),
        DATABASE,
        "--mote.lwm2m.coap=127.0.0.1:" + PORT,
        "--mote.lwm2m.node=doubter",
        "--mote.access.session=365d");
  }

  /// A device with object 5 that claims to fetch at once, and answers an order only if it
  /// `answers`.
  private static final class Updated implements AutoCloseable {

    final ScriptedDevice device = new ScriptedDevice(PORT);
    final AtomicInteger orders = new AtomicInteger();
    private final String endpoint;
    private final boolean losesOrder;
    volatile int state;
    volatile int result;
    volatile String version = "1";
    String id = "";
    String update = "";

    Updated(String endpoint, boolean losesOrder) {
      this.endpoint = endpoint;
      this.losesOrder = losesOrder;
    }

    void begin(TestService service) throws InterruptedException {
      device.answers(this::answer);
      id =
          service
              .admin()
              .post(
                  "/v1/devices", Map.of("endpoint", endpoint, "credential", Map.of("kind", "none")))
              .expect(201)
              .json()
              .get("id")
              .asString();
      device.register(endpoint, "</3/0>,</5/0>");
      Site.await(
          () -> "facts",
          () ->
              service.admin().get("/v1/devices/" + id).json().at("/device/factsDigest").isString());
    }

    void update(TestService service, String firmware) {
      update =
          service
              .admin()
              .post("/v1/updates", Map.of("device", id, "firmware", firmware, "delivery", "PULL"))
              .expect(202)
              .json()
              .get("id")
              .asString();
    }

    String outcome(TestService service) {
      return service
          .admin()
          .get("/v1/updates/" + update)
          .expect(200)
          .json()
          .at("/update/outcome")
          .asString("");
    }

    private @Nullable CoapMessage answer(CoapMessage request) {
      String path = ScriptedDevice.path(request);
      return switch (request.code()) {
        case CoapMessage.GET ->
            path.startsWith("/5/0") && !ScriptedDevice.observes(request)
                ? ScriptedDevice.values(
                    request,
                    path.equals("/5/0")
                        ? "[{\"bn\":\"/5/0/\",\"n\":\"3\",\"v\":%d},{\"n\":\"5\",\"v\":%d}]"
                            .formatted(state, result)
                        : "[{\"n\":\"%s\",%s}]"
                            .formatted(
                                path,
                                switch (path) {
                                  case "/5/0/3" -> "\"v\":" + state;
                                  case "/5/0/5" -> "\"v\":" + result;
                                  default -> "\"vs\":\"" + version + "\"";
                                }))
                : ScriptedDevice.answer(request, CoapMessage.code(4, 4));
        case CoapMessage.PUT -> {
          state = 2;
          yield ScriptedDevice.answer(request, CoapMessage.code(2, 4));
        }
        default -> path.equals("/5/0/2") ? ordered(request) : null;
      };
    }

    private @Nullable CoapMessage ordered(CoapMessage request) {
      boolean isLost = losesOrder && orders.get() == 0;
      orders.incrementAndGet();
      if (isLost) {
        return null;
      }
      state = 3;
      return losesOrder ? ScriptedDevice.answer(request, CoapMessage.code(2, 4)) : null;
    }

    void installs() {
      state = 0;
      result = 1;
      version = VERSION;
    }

    @Override
    public void close() {
      device.close();
    }
  }

  @Test
  void whatTheDeviceSaysDecidesWhetherAnOrderIsGivenAgain() throws Exception {
    TestService service = start();
    try (Updated lost = new Updated("doubt-lost", true);
        Updated taken = new Updated("doubt-taken", false)) {
      String firmware =
          service
              .admin()
              .upload("/v1/firmware?name=doubt&version=" + VERSION, new byte[] {1, 2, 3})
              .expect(201)
              .json()
              .get("id")
              .asString();
      // One after the other: before the service stops, the order that was lost must not be
      // repeated.
      for (Updated one : List.of(taken, lost)) {
        one.begin(service);
        one.update(service, firmware);
        Site.await(
            () -> "the order of " + one.endpoint,
            () -> {
              MovableClock.SHARED.forward(Duration.ofSeconds(2));
              return one.orders.get() > 0;
            });
      }
      assertThat(lost.orders.get()).isEqualTo(1);
      // Nobody is there any more to send an order again, or to hear of it.
      service.close();
      int before = taken.orders.get();

      TestService again = start();
      service = again;
      lost.device.update();
      taken.device.update();
      Site.await(
          () -> "the order that was lost",
          () -> {
            MovableClock.SHARED.forward(Duration.ofSeconds(2));
            return lost.orders.get() == 2;
          });
      lost.installs();
      taken.installs();
      for (Updated one : List.of(lost, taken)) {
        Site.await(
            () -> again.admin().get("/v1/updates/" + one.update).text(),
            () -> {
              MovableClock.SHARED.forward(Duration.ofSeconds(2));
              return !one.outcome(again).isEmpty();
            });
        assertThat(one.outcome(again)).isEqualTo("SUCCEEDED");
      }
      assertThat(lost.orders).hasValue(2);
      assertThat(taken.orders).hasValue(before);
    } finally {
      service.close();
    }
  }
}
