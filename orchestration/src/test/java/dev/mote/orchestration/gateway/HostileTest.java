package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import dev.mote.orchestration.lwm2m.RegistrationJournal;
import dev.mote.orchestration.object.ResourcePath;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(200)
class HostileTest {

  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  @ParameterizedTest
  @CsvSource({
    "ep=open-1&lwm2m=1.2, 4.12",
    "ep=open-1&lwm2m=0.9, 4.12",
    "lwm2m=1.1, 4.00",
    "ep=closed-1&lwm2m=1.1, 4.03",
    "ep=open-1&lt=-1, 4.00",
    "ep=open-1&lt=1e9, 4.00",
    "ep=open-1&b=XYZ, 4.00",
    "ep=open-1&a=1&b2=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1, 4.00",
  })
  void aBadRegistrationIsRefused(String query, String code) throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      assertThat(device.register(query).getCode().toString()).isEqualTo(code);
      assertThat(scene.journal.all()).isEmpty();
    }
  }

  @Test
  void nobodyGuessesARegistrationAndTheJournalFindsItsPlace() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        device.register("lwm2m=1.1&ep=open-1");
        ids.add(scene.journal.byEndpoint("open-1").orElseThrow().id());
      }
      int slot = RegistrationJournal.SLOT_LENGTH;
      assertThat(ids)
          .extracting(id -> id.substring(0, slot))
          .containsOnly(ids.getFirst().substring(0, slot));
      // 72 random bits.
      assertThat(ids).extracting(id -> id.substring(slot)).doesNotHaveDuplicates();
      assertThat(ids).extracting(id -> id.length() - slot).containsOnly(12);
      device.register("lwm2m=1.1&ep=open-2");
      assertThat(scene.journal.byEndpoint("open-2").orElseThrow().id())
          .doesNotStartWith(ids.getFirst().substring(0, slot));
    }
  }

  @Test
  void nobodyChangesAnothersRegistration() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap());
        RawDevice thief = new RawDevice(scene.coap())) {
      device.register("ep=open-1&lwm2m=1.1");
      thief.location = "rd/guess";
      assertThat(thief.update("").getCode()).isEqualTo(ResponseCode.NOT_FOUND);
      Response sent = thief.send(RawDevice.post("dp", "", "[]"));
      assertThat(sent.getCode()).isEqualTo(ResponseCode.NOT_FOUND);
    }
  }

  @Test
  void anAwayJournalIsNotSuccess() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      scene.journal.isAway = true;
      assertThat(device.register("ep=open-1&lwm2m=1.1").getCode())
          .isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
      scene.journal.isAway = false;
      assertThat(device.register("ep=open-1&lwm2m=1.1").getCode()).isEqualTo(ResponseCode.CREATED);
    }
  }

  @Test
  void nonsenseDoesNotStopIt() throws Exception {
    try (Scene scene = new Scene().start();
        DatagramSocket socket = new DatagramSocket();
        RawDevice device = new RawDevice(scene.coap())) {
      Random random = new Random(17);
      byte[] seed = HexFormat.of().parseHex("44020001cafe0001b272644965703d6f70656e2d39ff3c2f3e");
      for (int i = 0; i < 3_000; i++) {
        byte[] bytes = i % 2 == 0 ? seed.clone() : new byte[random.nextInt(200)];
        if (i % 2 == 0) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        } else {
          random.nextBytes(bytes);
        }
        socket.send(new DatagramPacket(bytes, bytes.length, scene.coap()));
      }
      assertThat(device.register("ep=open-1&lwm2m=1.1").getCode()).isEqualTo(ResponseCode.CREATED);
      scene.await(Registered.class, event -> event.endpoint().equals("open-1"));
    }
  }

  @Test
  void noPayloadBreaksTheReaders() {
    Random random = new Random(23);
    ResourcePath path = new ResourcePath(3303, 0, 5700);
    Map<ResourcePath, List<Value>> values =
        Map.of(
            path,
            List.of(new Value.Decimal(21.5)),
            new ResourcePath(3, 0, 0),
            List.of(new Value.Text("Board")),
            new ResourcePath(3, 0, 13),
            List.of(new Value.Whole(77)));
    for (int round = 0; round < 30_000; round++) {
      int format =
          List.of(Content.TLV, Content.SENML_CBOR, Content.SENML_JSON, Content.JSON, Content.CBOR)
              .get(round % 5);
      byte[] bytes = round % 5 < 3 ? Content.write(format, values) : new byte[random.nextInt(40)];
      for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(Content.read(format, bytes, NodePath.of("/3303/0"), Instant.EPOCH))
            .hasSizeLessThan(100);
      } catch (BadContentException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Examples of LwM2M Core 1.1, 7.4, and of RFC 8428.
    "11542, /3/0, 'c800144f70656e204d6f62696c6520416c6c69616e6365c0', 0",
    "112, /3/0, '81a321652f332f302f006230390238 64', 1",
    "110, /3303/0/5700, '[{\"bn\":\"/3303/0/\",\"n\":\"5700\",\"v\":21.5}]', 1",
    "0, /3303/0/5700, '21.5', 1",
  })
  void formatsAreRead(int format, String base, String payload, int count) throws Exception {
    byte[] bytes =
        format == Content.TLV || format == Content.SENML_CBOR
            ? HexFormat.of().parseHex(payload.replace(" ", ""))
            : payload.getBytes(StandardCharsets.UTF_8);
    int found;
    try {
      found = Content.read(format, bytes, NodePath.of(base), Instant.EPOCH).size();
    } catch (BadContentException e) {
      found = 0;
    }
    assertThat(found).isEqualTo(count);
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    Map<ResourcePath, List<Value>> values =
        Map.of(
            new ResourcePath(3, 0, 0), List.of(new Value.Text("ä")),
            new ResourcePath(3, 0, 6), List.of(new Value.Whole(1), new Value.Whole(300)),
            new ResourcePath(3, 0, 13), List.of(new Value.Whole(-5_000_000_000L)));
    for (int format : List.of(Content.TLV, Content.SENML_CBOR, Content.SENML_JSON)) {
      assertThat(
              Content.grouped(
                  Content.read(
                      format, Content.write(format, values), NodePath.of("/3/0"), Instant.EPOCH)))
          .isEqualTo(values);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"board-1", "board-12", "board-123"})
  void aNameOfAPackageIsSigned(String endpoint) {
    Offers offers = new Offers(Secret.of(new byte[32]));
    Offers.Offer offer = new Offers.Offer(UUID.randomUUID(), "ab".repeat(32), endpoint);
    String token = offers.token(offer, Instant.ofEpochSecond(100)).orElseThrow();
    assertThat(offers.read(token, Instant.ofEpochSecond(100))).contains(offer);
    assertThat(offers.read(token, Instant.ofEpochSecond(101))).isEmpty();
    assertThat(new Offers(Secret.of(new byte[] {1})).read(token, Instant.EPOCH)).isEmpty();
    for (int i = 0; i < token.length(); i++) {
      for (char other : BASE64.toCharArray()) {
        String forged = token.substring(0, i) + other + token.substring(i + 1);
        assertThat(offers.read(forged, Instant.EPOCH).isPresent())
            .as(forged)
            .isEqualTo(forged.equals(token));
      }
    }
    assertThat(offers.read(token + "=", Instant.EPOCH)).isEmpty();
    assertThat(offers.read(token + "==", Instant.EPOCH)).isEmpty();
  }

  @Test
  void anEndpointMayBeTooLongForTheNameOfAPackage() {
    Offers offers = new Offers(Secret.of(new byte[32]));
    String sha256 = "ab".repeat(32);
    assertThat(
            offers.token(
                new Offers.Offer(UUID.randomUUID(), sha256, "x".repeat(91)), Instant.EPOCH))
        .isEmpty();
  }
}
