package dev.mote.orchestration.gateway;

import static dev.mote.orchestration.gateway.WireDevice.answer;
import static dev.mote.orchestration.gateway.WireMessage.CON;
import static dev.mote.orchestration.gateway.WireMessage.CONTENT_FORMAT;
import static dev.mote.orchestration.gateway.WireMessage.OBSERVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.DeviceEvent.Measured;
import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Values for which there is no room come again, and none is told twice.
@Timeout(200)
class FullTest {

  private static final String LINKS = "</1/0>,</3/0>,</3303/0>";
  private static final NodePath TEMPERATURE = NodePath.of("/3303/0/5700");
  private static final int SENML_JSON = 110;

  private static WireMessage value(int id, byte[] token, int sequence, String value) {
    return new WireMessage(CON, 205, id, token)
        .with(OBSERVE, sequence)
        .with(CONTENT_FORMAT, 0)
        .text(value);
  }

  private static boolean isAcknowledged(WireDevice device, int id) {
    return device.heard.stream().anyMatch(m -> m.type == WireMessage.ACK && m.id == id);
  }

  private static void awaitAcknowledgement(WireDevice device, int id) throws InterruptedException {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!isAcknowledged(device, id)) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void aNotificationIsAcknowledgedWhenItIsTaken() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      device.register("lwm2m=1.1&ep=open-f&lt=300&b=U", LINKS, (byte) 7);
      scene.await(Registered.class);
      device.behaves(
          request ->
              List.of(answer(request, 205).with(OBSERVE, 2).with(CONTENT_FORMAT, 0).text("21.5")));
      scene.received("open-f", new Request.Observe(TEMPERATURE));
      byte[] token = device.heard("/3303/0/5700").getLast().token;
      scene.isFull = true;
      int full = device.freshId();
      device.send(value(full, token, 3, "22.5"));
      WireMessage sent =
          device
              .post("/dp", (byte) 8)
              .with(CONTENT_FORMAT, SENML_JSON)
              .text("[{\"n\":\"/3303/0/5700\",\"v\":9}]");
      WireMessage refused = device.call(sent);
      assertThat(refused.code).isEqualTo(503);
      assertThat(isAcknowledged(device, full)).isFalse();
      scene.isFull = false;
      device.send(value(full, token, 3, "22.5"));
      awaitAcknowledgement(device, full);
      // Once more, as the acknowledgement may have been lost.
      device.send(value(full, token, 3, "22.5"));
      int next = device.freshId();
      device.send(value(next, token, 4, "23.5"));
      awaitAcknowledgement(device, next);
      assertThat(scene.past)
          .filteredOn(Measured.class::isInstance)
          .extracting(event -> ((Measured) event).measurements().getFirst().value())
          .containsExactly(new Value.Decimal(21.5));
      assertThat(List.copyOf(scene.events))
          .filteredOn(Measured.class::isInstance)
          .extracting(event -> ((Measured) event).measurements().getFirst().value())
          .containsExactly(new Value.Decimal(22.5), new Value.Decimal(23.5));
    }
  }

  @Test
  void whatIsToldFirstIsAskedForAgain() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      device.register("lwm2m=1.1&ep=open-f&lt=300&b=U", LINKS, (byte) 7);
      scene.await(Registered.class);
      scene.isFull = true;
      device.behaves(
          request -> {
            scene.isFull = device.heard("/3303/0/5700").size() < 2;
            return List.of(
                answer(request, 205).with(OBSERVE, 2).with(CONTENT_FORMAT, 0).text("21.5"));
          });
      scene.received("open-f", new Request.Observe(TEMPERATURE));
      assertThat(device.heard("/3303/0/5700")).hasSize(2);
      assertThat(scene.past).filteredOn(Measured.class::isInstance).hasSize(1);
    }
  }
}
