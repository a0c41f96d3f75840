package dev.mote.orchestration.gateway;

import static dev.mote.orchestration.gateway.WireDevice.acknowledgement;
import static dev.mote.orchestration.gateway.WireDevice.answer;
import static dev.mote.orchestration.gateway.WireMessage.ACCEPT;
import static dev.mote.orchestration.gateway.WireMessage.BLOCK1;
import static dev.mote.orchestration.gateway.WireMessage.CON;
import static dev.mote.orchestration.gateway.WireMessage.CONTENT_FORMAT;
import static dev.mote.orchestration.gateway.WireMessage.NON;
import static dev.mote.orchestration.gateway.WireMessage.OBSERVE;
import static dev.mote.orchestration.gateway.WireMessage.URI_PATH;
import static dev.mote.orchestration.gateway.WireMessage.URI_QUERY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.orchestration.gateway.DeviceEvent.Measured;
import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import dev.mote.orchestration.object.ResourcePath;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients of other people, as their bytes are on the wire: what they do that the standard allows
/// and that others do not do.
@Timeout(200)
class OtherClientsTest {

  private static final int TLV = 11_542;
  private static final int OLD_TLV = 1_542;
  private static final int SENML_CBOR = 112;

  private static final String WAKAAMA =
      "</>;rt=\"oma.lwm2m\";ct=11543,</1/0>,</2/0>,</3/0>,</4/0>,</5/0>,</6/0>,</7/0>,</31024/10>";
  private static final String ZEPHYR =
      "</>;ct=112;rt=\"oma.lwm2m\",</1>;ver=1.1,</1/0>,</3/0>,</5>;ver=1.0,</5/0>,</3303>;ver=1.1,</3303/0>";
  private static final String ANJAY =
      "</>;ct=112;hb,</1>;ver=1.1,</1/1>,</3>;ver=1.0,</3/0>,</5/0>,</3303>;ver=1.1,</3303/0>,</33457>";

  private static final ResourcePath URI = new ResourcePath(5, 0, 1);
  private static final ResourcePath PACKAGE = new ResourcePath(5, 0, 0);
  private static final ResourcePath STATE = new ResourcePath(5, 0, 3);
  private static final NodePath TEMPERATURE = NodePath.of("/3303/0/5700");

  private static byte[] random(int bytes) {
    byte[] content = new byte[bytes];
    new Random(7).nextBytes(content);
    return content;
  }

  private static Request.Read read(String path) {
    return new Request.Read(List.of(NodePath.of(path)));
  }

  @Test
  void theFirstVersionIsSpokenToInItsWords() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      // No lwm2m and no lt: 1.0, and a day.
      assertThat(device.register("ep=open-w&b=U", WAKAAMA, (byte) 1, (byte) 2).code).isEqualTo(201);
      Registered registered = scene.await(Registered.class);
      assertThat(registered.version()).isEqualTo("1.0");
      assertThat(registered.lifetime()).isEqualTo(Duration.ofDays(1));
      device.behaves(
          request ->
              switch (request.path(URI_PATH)) {
                // Text, and not said to be.
                case "/3/0/0" -> List.of(answer(request, 205).text("Open Mobile Alliance"));
                // Battery level by the old number of TLV; the same as an instance of the object.
                case "/3/0/9" ->
                    List.of(answer(request, 205).with(CONTENT_FORMAT, OLD_TLV).hex("c10964"));
                case "/5/0/3" ->
                    List.of(answer(request, 205).with(CONTENT_FORMAT, TLV).hex("c10301"));
                case "/5" ->
                    List.of(
                        answer(request, 205)
                            .with(CONTENT_FORMAT, TLV)
                            .hex("0800" + "06" + "c10301" + "c10500"));
                case "/5/0/1" ->
                    List.of(
                        answer(
                            request,
                            request.number(CONTENT_FORMAT).equals(Optional.of((long) OLD_TLV))
                                ? 204
                                : 415));
                default -> List.of(answer(request, 404));
              });
      assertThat(scene.received("open-w", read("/3/0/0")).values())
          .containsValue(List.of(new Value.Text("Open Mobile Alliance")));
      assertThat(scene.received("open-w", read("/3/0/9")).values())
          .containsValue(List.of(new Value.Whole(100)));
      assertThat(scene.received("open-w", read("/5")).values())
          .isEqualTo(
              Map.of(
                  STATE,
                  List.of(new Value.Whole(1)),
                  new ResourcePath(5, 0, 5),
                  List.of(new Value.Whole(0))));
      assertThat(
              scene.received("open-w", Request.Write.of(URI, new Value.Text("coap://a/b"))).code())
          .isEqualTo(204);
      assertThat(device.heard("/5/0/1"))
          .extracting(m -> m.number(CONTENT_FORMAT).orElseThrow())
          .containsExactly((long) TLV, 0L, (long) OLD_TLV);
      assertThat(device.heard).noneMatch(message -> message.has(ACCEPT));
      // An update of the registration: no query, no payload, and a token of no bytes.
      assertThat(device.call(device.post(device.location)).code).isEqualTo(204);
    }
  }

  /// Wakaama puts at most 4096 bytes together.
  @Test
  void aPackageThatIsTooLargeForADeviceIsToldSo() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      device.register("lwm2m=1.0&ep=open-w&b=U&lt=300", WAKAAMA, (byte) 1);
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      device.behaves(
          request -> {
            long block = request.number(BLOCK1).orElseThrow();
            if (block >> 4 == 0) {
              got.reset();
            }
            got.writeBytes(request.payload);
            boolean more = (block & 8) != 0;
            int code = got.size() > 4096 ? 413 : more ? 231 : 204;
            return List.of(answer(request, code).with(BLOCK1, block));
          });
      byte[] small = random(3_000);
      assertThat(scene.received("open-w", new Request.Push(PACKAGE, scene.pack(small), 0)).code())
          .isEqualTo(204);
      assertThat(got.toByteArray()).isEqualTo(small);
      assertThat(
              scene
                  .received("open-w", new Request.Push(PACKAGE, scene.pack(random(6_000)), 0))
                  .code())
          .isEqualTo(413);
    }
  }

  /// Wakaama drops requests of a server of which it does not know yet that it is registered there.
  @Test
  void aRequestThatWaitsComesAfterTheAnswerToTheRegistration() throws Exception {
    List<WireDevice> devices = new ArrayList<>();
    try (Scene scene = new Scene().start()) {
      scene.meanwhile =
          event -> {
            if (event instanceof Registered registered) {
              scene.gateway().wake(registered.endpoint());
            }
          };
      for (int i = 0; i < 20; i++) {
        String endpoint = "open-" + i;
        var waiting = scene.ask(endpoint, read("/3/0/0"));
        WireDevice device = new WireDevice(scene.coap());
        devices.add(device);
        device.behaves(request -> List.of(answer(request, 205).text("x")));
        device.register("lwm2m=1.1&ep=" + endpoint + "&lt=300&b=U", WAKAAMA, (byte) i);
        assertThat(scene.answer(waiting)).isInstanceOf(Answer.Received.class);
        assertThat(device.all.getFirst().code).as(endpoint).isEqualTo(201);
        assertThat(device.all.get(1).isRequest()).isTrue();
      }
    } finally {
      devices.forEach(WireDevice::close);
    }
  }

  /// Zephyr answers separately and notifies without asking for acknowledgement.
  @Test
  void separateAnswersAndNotificationsWithoutAcknowledgement() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      device.register("lwm2m=1.1&ep=open-z&lt=300&b=U&Q", ZEPHYR, new byte[8]);
      assertThat(scene.await(Registered.class).queueMode()).isTrue();
      device.behaves(
          request -> {
            WireMessage late =
                new WireMessage(CON, 205, device.freshId(), request.token)
                    .with(CONTENT_FORMAT, 0)
                    .text("21.5");
            if (request.has(OBSERVE)) {
              late.with(OBSERVE, 2);
            }
            return List.of(acknowledgement(request), late);
          });
      Map<ResourcePath, List<Value>> warm =
          Map.of(TEMPERATURE.resource(), List.of(new Value.Decimal(21.5)));
      assertThat(scene.received("open-z", read("/3303/0/5700")).values()).isEqualTo(warm);
      assertThat(scene.received("open-z", new Request.Observe(TEMPERATURE)).values())
          .isEqualTo(warm);
      byte[] token = device.heard("/3303/0/5700").getLast().token;
      device.send(
          new WireMessage(NON, 205, device.freshId(), token)
              .with(OBSERVE, 3)
              .with(CONTENT_FORMAT, 0)
              .text("22.25"));
      assertThat(scene.await(Measured.class).measurements().getFirst().value())
          .isEqualTo(new Value.Decimal(22.25));
      // One that was overtaken is dropped; one of nobody is reset.
      device.send(new WireMessage(NON, 205, device.freshId(), token).with(OBSERVE, 2).text("20"));
      device.send(new WireMessage(CON, 205, 999, new byte[] {9, 9}).with(OBSERVE, 2).text("1"));
      device.send(new WireMessage(NON, 205, device.freshId(), token).with(OBSERVE, 4).text("23"));
      assertThat(scene.await(Measured.class).measurements().getFirst().value())
          .isEqualTo(new Value.Decimal(23));
      long end = System.nanoTime() + 10_000_000_000L;
      while (device.heard.stream().noneMatch(m -> m.type == WireMessage.RST && m.id == 999)) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(5);
      }
    }
  }

  /// A buffer of less than a block of 1024 bytes: the datagram is lost without a word, and then
  /// blocks of 256 bytes are made smaller still.
  @Test
  void blocksBecomeAsSmallAsADevicesBuffer() throws Exception {
    try (Scene scene = new Scene()) {
      scene.settings =
          scene.settings.withTimes(
              new GatewaySettings.Times(
                  Duration.ofMillis(300), Duration.ofSeconds(30), Duration.ofMillis(50)));
      scene.start();
      try (WireDevice device = new WireDevice(scene.coap())) {
        device.register("lwm2m=1.1&ep=open-z&lt=300", ZEPHYR, (byte) 1);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        device.behaves(
            request -> {
              if (request.payload.length > 512) {
                return List.of();
              }
              long block = request.number(BLOCK1).orElseThrow();
              int offset = (int) (block >> 4) << (block & 7) + 4;
              if (offset != got.size()) {
                return List.of(answer(request, 408));
              }
              got.writeBytes(request.payload);
              boolean more = (block & 8) != 0;
              int szx = (int) Math.min(2, block & 7);
              return List.of(
                  answer(request, more ? 231 : 204).block(BLOCK1, (int) (block >> 4), more, szx));
            });
        byte[] content = random(5_000);
        assertThat(
                scene.received("open-z", new Request.Push(PACKAGE, scene.pack(content), 0)).code())
            .isEqualTo(204);
        assertThat(got.toByteArray()).isEqualTo(content);
        assertThat(device.heard("/5/0/0").getLast().payload.length).isLessThanOrEqualTo(64);
      }
    }
  }

  /// 4.13 with a smaller size in it, and a device that has forgotten its blocks and says Not Found.
  @Test
  void aDeviceNamesTheSizeOfItsBlocks() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      device.register("lwm2m=1.1&ep=open-a&lt=300&b=U", ANJAY, (byte) 1);
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      int[] forgets = {1};
      device.behaves(
          request -> {
            long block = request.number(BLOCK1).orElseThrow();
            int szx = (int) block & 7;
            if (szx > 3) {
              return List.of(answer(request, 413).block(BLOCK1, 0, false, 3));
            }
            if (got.size() > 1_000 && forgets[0]-- > 0) {
              got.reset();
            }
            if ((block >> 4) << szx + 4 != got.size()) {
              return List.of(answer(request, 404));
            }
            got.writeBytes(request.payload);
            return List.of(answer(request, (block & 8) != 0 ? 231 : 204).with(BLOCK1, block));
          });
      byte[] content = random(2_500);
      assertThat(scene.received("open-a", new Request.Push(PACKAGE, scene.pack(content), 0)).code())
          .isEqualTo(204);
      assertThat(got.toByteArray()).isEqualTo(content);
    }
  }

  /// Anjay answers in SenML-CBOR unless it is asked for something else, and refuses what it lacks.
  @Test
  void senmlThatNobodyAskedForAndRefusals() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      device.register("lwm2m=1.1&ep=open-a&lt=300&b=U", ANJAY, (byte) 1);
      device.behaves(
          request -> {
            boolean isAttributes = request.code == 3 && request.has(URI_QUERY);
            return switch (request.path(URI_PATH)) {
              // [{-2: "/5/0", 0: "/3", 2: 0}, {0: "/9", 2: 2}]
              case "/5/0" ->
                  List.of(
                      answer(request, 205)
                          .with(CONTENT_FORMAT, SENML_CBOR)
                          .hex("82a321642f352f3000622f330200a200622f390202"));
              case "/3303/0/5700" -> List.of(answer(request, isAttributes ? 405 : 404));
              default -> List.of(answer(request, 404));
            };
          });
      assertThat(scene.received("open-a", read("/5/0")).values())
          .isEqualTo(
              Map.of(
                  STATE,
                  List.of(new Value.Whole(0)),
                  new ResourcePath(5, 0, 9),
                  List.of(new Value.Whole(2))));
      assertThat(
              scene
                  .received("open-a", new Request.WriteAttributes(TEMPERATURE, Map.of("pmin", "5")))
                  .code())
          .isEqualTo(405);
      assertThat(scene.received("open-a", new Request.Observe(TEMPERATURE)).code()).isEqualTo(404);
      // A client that speaks 1.2 falls back when that is refused.
      assertThat(device.register("lwm2m=1.2&ep=open-a&lt=300", ANJAY, (byte) 2).code)
          .isEqualTo(412);
    }
  }

  /// A register of several blocks, from a new port, of a device that never said goodbye.
  @Test
  void aDeviceComesBackFromElsewhereWithALongList() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice before = new WireDevice(scene.coap());
        WireDevice device = new WireDevice(scene.coap())) {
      before.register("lwm2m=1.1&ep=open-z&lt=300", ZEPHYR, (byte) 1);
      scene.await(Registered.class);
      byte[] links = (ZEPHYR + ",</3304/0>".repeat(10)).getBytes(StandardCharsets.UTF_8);
      WireMessage answer = null;
      for (int at = 0; at < links.length; at += 64) {
        boolean more = at + 64 < links.length;
        WireMessage block =
            device
                .post("/rd", (byte) at)
                .with(CONTENT_FORMAT, 40)
                .with(URI_QUERY, "lwm2m=1.1")
                .with(URI_QUERY, "ep=open-z")
                .with(URI_QUERY, "lt=300")
                .block(BLOCK1, at / 64, more, 2)
                .payload(Arrays.copyOfRange(links, at, Math.min(links.length, at + 64)));
        answer = device.call(block);
        assertThat(answer.code).isEqualTo(more ? 231 : 201);
      }
      assertThat(scene.await(Registered.class).links()).hasSize(18);
      device.behaves(request -> List.of(answer(request, 205).text("here")));
      assertThat(scene.received("open-z", read("/3/0/0")).values())
          .containsValue(List.of(new Value.Text("here")));
      assertThat(before.call(before.post(before.location, (byte) 3)).code).isEqualTo(404);
      assertThat(before.heard).isEmpty();
    }
  }

  /// Objects may lie below a path.
  @Test
  void objectsBelowAnotherRoot() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      device.register(
          "lwm2m=1.0&ep=open-r&lt=300&b=UQS&sms=0123",
          "</lwm2m>;rt=\"oma.lwm2m\", </lwm2m/1/0>, </lwm2m/3/0> ",
          (byte) 1);
      device.behaves(
          request ->
              List.of(
                  request.path(URI_PATH).equals("/lwm2m/3/0/0")
                      ? answer(request, 205).text("below")
                      : answer(request, 404)));
      assertThat(scene.received("open-r", read("/3/0/0")).values())
          .containsValue(List.of(new Value.Text("below")));
    }
  }

  /// Wakaama uses IPv6 unless it is told not to.
  @Test
  void allAddressesMeansThoseOfBothKinds() throws Exception {
    InetAddress six = InetAddress.getByName("::1");
    assumeTrue(NetworkInterface.getByInetAddress(six) != null, "this machine has no IPv6");
    try (Scene scene = new Scene()) {
      scene.settings = scene.settings.withCoap(new InetSocketAddress("0.0.0.0", 0));
      scene.start();
      int port = scene.coap().getPort();
      try (WireDevice device = new WireDevice(new InetSocketAddress(six, port))) {
        assertThat(device.register("ep=open-6&lwm2m=1.1&lt=300", WAKAAMA, (byte) 1).code)
            .isEqualTo(201);
        device.behaves(request -> List.of(answer(request, 204)));
        String sha256 = scene.pack(random(100));
        assertThat(scene.received("open-6", new Request.Offer(URI, sha256)).code()).isEqualTo(204);
        byte[] written = device.heard("/5/0/1").getFirst().payload;
        assertThat(new String(written, 3, written.length - 3, StandardCharsets.UTF_8))
            .startsWith("coap://[0:0:0:0:0:0:0:1]:" + port + "/packages/");
        assertThat(device.call(device.post(device.location)).code).isEqualTo(204);
      }
    }
  }

  @Test
  void aPackagesUriNamesTheAddressThatTheDeviceReaches() throws Exception {
    try (Scene scene = new Scene().start();
        WireDevice device = new WireDevice(scene.coap())) {
      device.register("lwm2m=1.1&ep=open-a&lt=300", ANJAY, (byte) 1);
      device.behaves(request -> List.of(answer(request, 204)));
      String sha256 = scene.pack(random(100));
      assertThat(scene.received("open-a", new Request.Offer(URI, sha256)).code()).isEqualTo(204);
      byte[] written = device.heard("/5/0/1").getFirst().payload;
      // TLV: a resource of one byte's id and one byte's length.
      assertThat(written).startsWith(0xc8, 1);
      assertThat(new String(written, 3, written.length - 3, StandardCharsets.UTF_8))
          .startsWith("coap://127.0.0.1:" + scene.coap().getPort() + "/packages/");
    }
  }
}
