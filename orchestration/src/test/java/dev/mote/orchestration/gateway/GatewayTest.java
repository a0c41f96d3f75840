package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.DeviceEvent.Deregistered;
import dev.mote.orchestration.gateway.DeviceEvent.Measured;
import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import dev.mote.orchestration.gateway.DeviceEvent.Updated;
import dev.mote.orchestration.object.ResourcePath;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.response.SendResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(200)
// Scenes are closed in the middle, on purpose.
@SuppressWarnings("try")
class GatewayTest {

  private static final NodePath TIME = NodePath.of("/3/0/13");

  @Test
  void everyOperationWorksWithAnOrdinaryClient() throws Exception {
    try (Scene scene = new Scene().start();
        LeshanDevice device = new LeshanDevice("open-1", LeshanDevice.open(scene.coap())).start()) {
      Registered registered = scene.await(Registered.class);
      assertThat(registered.endpoint()).isEqualTo("open-1");
      assertThat(registered.peer()).isEqualTo(new Peer.Unknown());
      assertThat(registered.lifetime()).hasSeconds(300);
      assertThat(registered.queueMode()).isFalse();
      assertThat(registered.links()).extracting(Link::target).contains("/", "/3/0", "/9/0");

      Answer.Received read =
          scene.received(
              "open-1",
              new Request.Read(
                  List.of(NodePath.of("/3/0"), NodePath.of("/3/0/1"), NodePath.of("/4000/0"))));
      assertThat(read.code()).isEqualTo(205);
      assertThat(read.values())
          .containsEntry(new ResourcePath(3, 0, 0), List.of(new Value.Text("Example")))
          .containsEntry(new ResourcePath(3, 0, 13), List.of(new Value.Whole(0)));
      assertThat(read.refused()).isEqualTo(Map.of("/4000/0", 404));

      assertThat(
              scene.received(
                  "open-1", Request.Write.of(new ResourcePath(3, 0, 14), new Value.Text("+02:00"))))
          .isEqualTo(Answer.Received.of(204, ""));
      assertThat(device.clock.written).contains("+02:00");
      assertThat(
              scene
                  .received("open-1", new Request.Execute(new ResourcePath(9, 0, 6), "0='1'"))
                  .code())
          .isEqualTo(204);
      assertThat(device.software.arguments).isEqualTo("6:0='1'");
      assertThat(scene.received("open-1", new Request.Discover(NodePath.of("/3"))).links())
          .extracting(Link::target)
          .contains("/3/0/13");
      assertThat(
              scene
                  .received(
                      "open-1",
                      new Request.WriteAttributes(TIME, Map.of("pmin", "0", "pmax", "60")))
                  .code())
          .isEqualTo(204);

      assertThat(scene.received("open-1", new Request.Observe(TIME)).values())
          .isEqualTo(Map.of(TIME.resource(), List.of(new Value.Whole(0))));
      device.clock.set(77);
      assertThat(scene.await(Measured.class).measurements())
          .extracting(Measurement::path, Measurement::value)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(TIME.resource(), new Value.Whole(77)));
      assertThat(scene.received("open-1", new Request.Forget(TIME)).code()).isEqualTo(205);
      device.clock.set(78);

      for (ContentFormat format : List.of(ContentFormat.SENML_CBOR, ContentFormat.SENML_JSON)) {
        SendResponse sent =
            device
                .client
                .getSendService()
                .sendData(device.awaitRegistered(), format, List.of("/3/0/13", "/3/0/0"), 5000);
        assertThat(sent.isSuccess()).isTrue();
        assertThat(scene.await(Measured.class).measurements())
            .extracting(Measurement::value)
            .containsExactlyInAnyOrder(new Value.Whole(78), new Value.Text("Example"));
      }

      device.client.triggerRegistrationUpdate();
      scene.await(Updated.class);
      device.client.stop(true);
      scene.await(Deregistered.class);
      assertThat(scene.journal.all()).isEmpty();
    }
  }

  @Test
  void aPackageArrivesWhole() throws Exception {
    byte[] bytes = new byte[100_000];
    new Random(3).nextBytes(bytes);
    try (Scene scene = new Scene().start();
        LeshanDevice device = new LeshanDevice("open-1", LeshanDevice.open(scene.coap())).start()) {
      scene.await(Registered.class);
      String sha256 = scene.pack(bytes);
      assertThat(
              scene
                  .received("open-1", new Request.Push(new ResourcePath(9, 0, 2), sha256, 0))
                  .code())
          .isEqualTo(204);
      assertThat(device.software.got).isEqualTo(bytes);
      assertThat(
              scene.past.stream()
                  .filter(DeviceEvent.Moved.class::isInstance)
                  .map(event -> ((DeviceEvent.Moved) event).bytes())
                  .toList())
          .isNotEmpty()
          .isSorted()
          .endsWith(100_000L);
      assertThat(
              scene.answer(
                  scene.ask(
                      "open-1", new Request.Push(new ResourcePath(9, 0, 2), "0".repeat(64), 0))))
          .isInstanceOf(Answer.Unsent.class);
    }
  }

  @Test
  void aRestartCostsNothing() throws Exception {
    try (Scene scene = new Scene().start();
        LeshanDevice device = new LeshanDevice("open-1", LeshanDevice.open(scene.coap())).start()) {
      scene.await(Registered.class);
      scene.received("open-1", new Request.Observe(TIME));
      scene.close();
      scene.start();
      // Neither the device nor its observation has to be made anew …
      assertThat(scene.received("open-1", new Request.Read(List.of(TIME))).values())
          .containsKey(TIME.resource());
      device.clock.set(5);
      assertThat(scene.await(Measured.class).measurements().getFirst().value())
          .isEqualTo(new Value.Whole(5));
      // … also where the device speaks first.
      scene.close();
      scene.start();
      device.clock.set(6);
      assertThat(scene.await(Measured.class).measurements().getFirst().value())
          .isEqualTo(new Value.Whole(6));
      device.client.triggerRegistrationUpdate();
      scene.await(Updated.class);
    }
  }
}
