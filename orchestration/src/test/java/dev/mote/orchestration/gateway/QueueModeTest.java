package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.DeviceEvent.Answered;
import dev.mote.orchestration.gateway.DeviceEvent.Expired;
import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(200)
class QueueModeTest {

  private static final NodePath NAME = NodePath.of("/3/0/0");

  private static Scene scene() {
    Scene scene = new Scene();
    // Retransmissions end after 20 ms · 46.5.
    scene.settings =
        scene.settings.withTimes(
            new GatewaySettings.Times(
                Duration.ofMillis(300), Duration.ofMillis(1000), Duration.ofMillis(20)));
    return scene;
  }

  private static boolean isQuiet(Scene scene, long millis) throws InterruptedException {
    DeviceEvent event = scene.events.poll(millis, TimeUnit.MILLISECONDS);
    assertThat(event).isNull();
    return event == null;
  }

  @Test
  void aSleepingDeviceGetsItsRequestsInOrderWhenItIsHeard() throws Exception {
    for (String sleeps : List.of("lwm2m=1.1&b=U&Q", "lwm2m=1.0&b=UQ")) {
      try (Scene scene = scene().start();
          RawDevice device = new RawDevice(scene.coap())) {
        device.behaves(request -> RawDevice.text(RawDevice.path(request)));
        device.register("ep=open-1&lt=300&" + sleeps);
        assertThat(scene.await(Registered.class).queueMode()).isTrue();
        device.deaf(true);
        Thread.sleep(1_050);
        UUID first = scene.ask("open-1", new Request.Read(List.of(NAME)));
        UUID second = scene.ask("open-1", new Request.Read(List.of(NodePath.of("/3/0/1"))));
        assertThat(isQuiet(scene, 300)).isTrue();
        // It wakes up and falls asleep at once: nothing is lost.
        device.update("");
        scene.await(DeviceEvent.Updated.class);
        assertThat(isQuiet(scene, 1_600)).isTrue();
        // A restart forgets nothing either.
        scene.close();
        scene.start();
        device.deaf(false);
        device.update("");
        assertThat(scene.await(Answered.class).requestId()).isEqualTo(first);
        assertThat(scene.await(Answered.class).requestId()).isEqualTo(second);
      }
    }
  }

  @Test
  void aDeviceThatShouldListenAndDoesNotIsSilent() throws Exception {
    try (Scene scene = scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      device.deaf(true);
      device.register("ep=open-1&lwm2m=1.1");
      assertThat(scene.answer(scene.ask("open-1", new Request.Read(List.of(NAME)))))
          .isEqualTo(new Answer.Silence("it did not acknowledge"));
    }
  }

  @Test
  void whatCameTooLateIsNotSent() throws Exception {
    try (Scene scene = scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      device.register("ep=open-1&lwm2m=1.1");
      UUID id = UUID.randomUUID();
      scene.queue.add(
          new RequestQueue.Queued(
              id, "open-1", new Request.Read(List.of(NAME)), Instant.now().minusSeconds(1)));
      scene.gateway().wake("open-1");
      assertThat(scene.answer(id)).isEqualTo(new Answer.Unsent("its time is over"));
    }
  }

  @Test
  void oddAnswersAreAnswers() throws Exception {
    try (Scene scene = scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      device.register("ep=open-1&lwm2m=1.1");
      for (ResponseCode code :
          List.of(
              ResponseCode.METHOD_NOT_ALLOWED,
              ResponseCode.NOT_IMPLEMENTED,
              ResponseCode.INTERNAL_SERVER_ERROR)) {
        device.behaves(_ -> new org.eclipse.californium.core.coap.Response(code));
        int number = code.codeClass * 100 + code.codeDetail;
        assertThat(scene.received("open-1", new Request.Discover(NodePath.of("/3"))).code())
            .isEqualTo(number);
        assertThat(scene.received("open-1", new Request.Observe(NAME)).code()).isEqualTo(number);
      }
      device.behaves(_ -> RawDevice.text("x"));
      assertThat(scene.received("open-1", new Request.Observe(NAME)).words())
          .isEqualTo("it does not observe this");
    }
  }

  @Test
  void aRegistrationEnds() throws Exception {
    try (Scene scene = scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      device.register("ep=open-1&lwm2m=1.1&lt=1");
      assertThat(scene.await(Expired.class).endpoint()).isEqualTo("open-1");
      assertThat(device.update("").getCode()).isEqualTo(ResponseCode.NOT_FOUND);
    }
  }
}
