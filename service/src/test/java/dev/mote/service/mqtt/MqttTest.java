package dev.mote.service.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.mote.orchestration.gateway.Content;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.ResourcePath;
import dev.mote.service.Databases;
import dev.mote.service.TestService;
import dev.mote.service.event.Events;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MqttTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final JsonMapper JSON = new JsonMapper();
  private static final TestBroker BROKER = new TestBroker();
  private static final String DATABASE = Databases.freshUrl();
  private static final TestService SERVICE = process("first", "--mote.mqtt.events=false");

  private static TestService process(String name, String more) {
    return TestService.startOn(
        DATABASE,
        "--mote.mqtt.url=" + BROKER.url(),
        "--mote.mqtt.client-id=" + name,
        "--mote.telemetry.write=20ms",
        more);
  }

  /// One that speaks TLS with the broker, which it knows, and which knows it.
  private static TestService secureProcess(String name) {
    return TestService.startOn(
        DATABASE,
        "--mote.mqtt.url=mqtts://localhost:" + BROKER.securePort(),
        "--mote.mqtt.trust=" + BROKER.keys().certificate("authority"),
        "--mote.mqtt.certificate=" + BROKER.keys().certificate("client"),
        "--mote.mqtt.key=" + BROKER.keys().key("client"),
        "--mote.mqtt.client-id=" + name,
        "--mote.telemetry.write=20ms",
        "--mote.lwm2m.coaps=off");
  }

  /// What is told before the first subscription nobody keeps.
  @BeforeEach
  void awaitSubscription() throws InterruptedException {
    await("a subscription", () -> is(SERVICE, "mote.mqtt.subscribed"));
  }

  @AfterAll
  static void close() throws IOException {
    SERVICE.close();
    BROKER.close();
  }

  private static UUID device(String endpoint) {
    return UUID.fromString(
        SERVICE
            .admin()
            .post("/v1/devices", Map.of("endpoint", endpoint))
            .expect(201)
            .json()
            .get("id")
            .asString());
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never: " + what);
      }
      Thread.sleep(50);
    }
  }

  private static long points(UUID device) {
    return SERVICE
        .bean(JdbcClient.class)
        .sql("select count(*) from telemetry_point where device = :device")
        .param("device", device)
        .query(Long.class)
        .single();
  }

  private static double counted(TestService service, String name) {
    return service.bean(MeterRegistry.class).find(name).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static void tell(
      Mqtt5BlockingClient client, String topic, byte[] payload, @Nullable String type) {
    client.publish(
        Mqtt5Publish.builder()
            .topic(topic)
            .payload(payload)
            .qos(MqttQos.AT_LEAST_ONCE)
            .contentType(type)
            .build());
  }

  private static void tell(Mqtt5BlockingClient client, String endpoint, double value) {
    tell(
        client,
        "mote/default/" + endpoint + "/telemetry",
        "[{\"n\":\"/3303/0/5700\",\"v\":%s}]".formatted(value).getBytes(StandardCharsets.UTF_8),
        "application/senml+json");
  }

  @Test
  void whatADeviceTellsIsStoredOnceAndShown() throws InterruptedException {
    UUID device = device("mqtt-told");
    Mqtt5BlockingClient client = BROKER.client();
    tell(client, "mqtt-told", 21.5);
    byte[] cbor =
        Content.write(
            Content.SENML_CBOR,
            Map.of(new ResourcePath(3303, 0, 5700), List.of(new Value.Decimal(22.5))));
    tell(client, "mote/default/mqtt-told/telemetry", cbor, "application/senml+cbor");
    // Without a word on what it is.
    tell(client, "mote/default/mqtt-told/telemetry", cbor, null);

    await("three points", () -> points(device) >= 3);
    assertThat(points(device)).isEqualTo(3);
    JsonNode series =
        SERVICE
            .admin()
            .get("/v1/devices/%s/telemetry?path=/3303/0/5700".formatted(device))
            .expect(200)
            .json()
            .get("series")
            .get(0)
            .get("points");
    double high = 0;
    for (JsonNode point : series) {
      high = Math.max(high, point.get("high").asDouble());
    }
    assertThat(high).isEqualTo(22.5);
    await(
        "a last contact",
        () ->
            SERVICE
                .admin()
                .get("/v1/devices/" + device)
                .expect(200)
                .text()
                .contains("\"lastContact\":\"20"));
    client.disconnect();
  }

  @Test
  void nonsenseIsDroppedAndCountedAndHoldsUpNothing() throws InterruptedException {
    UUID device = device("mqtt-hostile");
    UUID foreign =
        UUID.fromString(
            SERVICE
                .tenant("mqtt-other")
                .post("/v1/devices", Map.of("endpoint", "mqtt-foreign"))
                .expect(201)
                .json()
                .get("id")
                .asString());
    double before = counted(SERVICE, "mote.mqtt.dropped");
    Mqtt5BlockingClient client = BROKER.client();
    Random random = new Random(7);
    int sent = 0;
    byte[] good = "[{\"n\":\"/3303/0/5700\",\"v\":1}]".getBytes(StandardCharsets.UTF_8);
    for (String topic :
        List.of(
            "mote/default/mqtt-nobody/telemetry",
            "mote/nobody/mqtt-hostile/telemetry",
            "mote/default/mqtt-foreign/telemetry",
            "mote/default/events/telemetry",
            "mote//mqtt-hostile/telemetry")) {
      tell(client, topic, good, "application/senml+json");
      sent++;
    }
    String here = "mote/default/mqtt-hostile/telemetry";
    for (String text :
        List.of("", "[", "{}", "[[[[", "[{\"v\":1}]", "[{\"n\":\"/1/2\",\"v\":1}]", "\u0000")) {
      tell(client, here, text.getBytes(StandardCharsets.UTF_8), "application/senml+json");
      sent++;
    }
    tell(client, here, "[".repeat(30_000).getBytes(StandardCharsets.UTF_8), "application/json");
    tell(client, here, new byte[32_769], null);
    sent += 2;
    for (int i = 0; i < 50; i++) {
      byte[] noise = new byte[1 + random.nextInt(200)];
      random.nextBytes(noise);
      // A map instead of an array: never a pack.
      noise[0] = (byte) 0xa1;
      tell(client, here, noise, "application/senml+cbor");
      sent++;
    }
    tell(client, "mqtt-hostile", 1);

    await("the good one", () -> points(device) == 1);
    assertThat(counted(SERVICE, "mote.mqtt.dropped") - before).isEqualTo(sent);
    assertThat(points(foreign)).isZero();
    client.disconnect();
  }

  @Test
  void aBrokerThatWasAwayIsFoundAgain() throws InterruptedException {
    UUID device = device("mqtt-outage");
    BROKER.stop();
    BROKER.startAgain();
    Mqtt5BlockingClient client = BROKER.client();
    // Until the service is back the broker has nobody to give them to.
    await(
        "a point after the outage",
        () -> {
          tell(client, "mqtt-outage", 1);
          return points(device) > 0;
        });
    client.disconnect();
  }

  @Test
  void processesDivideTelemetryAndPublishEventsInOrderOneAfterTheOther()
      throws InterruptedException {
    List<JsonNode> told = new CopyOnWriteArrayList<>();
    Mqtt5BlockingClient watcher = BROKER.client();
    watcher
        .toAsync()
        .subscribeWith()
        .topicFilter("mote/default/events/#")
        .qos(MqttQos.AT_LEAST_ONCE)
        .callback(message -> told.add(JSON.readTree(message.getPayloadAsBytes())))
        .send()
        .join();
    UUID tenant = UUID.fromString(SERVICE.admin().get("/v1/me").json().get("tenant").asString());
    UUID device = device("mqtt-divided");

    try (TestService _ = process("third", "--mote.mqtt.telemetry=false")) {
      try (TestService second = secureProcess("second")) {
        awaitReady(second);
        Mqtt5BlockingClient client = BROKER.client();
        double former = counted(SERVICE, "mote.mqtt.received");
        int[] sent = new int[1];
        await(
            "both take some",
            () -> {
              // With pauses: this broker gives a burst to whoever is quick.
              tell(client, "mqtt-divided", sent[0]++);
              return sent[0] >= 20
                  && counted(second, "mote.mqtt.received") > 0
                  && counted(SERVICE, "mote.mqtt.received") > former;
            });
        await("all points", () -> points(device) >= sent[0]);
        assertThat(points(device)).isEqualTo(sent[0]);
        assertThat(
                counted(second, "mote.mqtt.received")
                    + counted(SERVICE, "mote.mqtt.received")
                    - former)
            .isEqualTo(sent[0]);
        client.disconnect();

        publish(tenant, 0, 40);
        await("the first events", () -> numbers(told).size() >= 40);
        assertThat(numbers(told)).isEqualTo(IntStream.range(0, 40).boxed().toList());
        publish(tenant, 40, 60);
      }
      publish(tenant, 60, 100);
      await("events without the second", () -> Set.copyOf(numbers(told)).size() == 100);
    }
    publish(tenant, 100, 120);
    try (TestService _ = process("third", "--mote.mqtt.telemetry=false")) {
      await("events after a restart", () -> Set.copyOf(numbers(told)).size() == 120);
    }
    List<Integer> once = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (JsonNode event : told) {
      if (seen.add(event.get("id").asString()) && event.get("kind").asString().equals("test.n")) {
        once.add(event.get("content").get("n").asInt());
      }
    }
    assertThat(once).isEqualTo(IntStream.range(0, 120).boxed().toList());
    watcher.disconnect();
  }

  @Test
  void oneThatIsNotTrustedIsNotSpokenWith() {
    BrokerKeys keys = BROKER.keys();
    Path authority = keys.certificate("authority");
    String url = "mqtts://localhost:" + BROKER.securePort();
    assertThat(refusal(url, keys.certificate("stranger"), "client"))
        .startsWith("MOTE-8061 the MQTT broker and this service do not trust each other");
    // A certificate for another name.
    assertThat(refusal(url.replace("localhost", "127.0.0.1"), authority, "client"))
        .startsWith("MOTE-8061 ");
    // A client that nobody vouches for.
    assertThat(refusal(url, authority, "stranger")).startsWith("MOTE-806");
    assertThat(refusal(url, authority, "client")).isEmpty();
  }

  @Test
  void keysThatCannotBeReadStopTheStart() {
    Path certificate = BROKER.keys().certificate("client");
    assertThatThrownBy(
            () ->
                BrokerTls.of(settings("mqtts://localhost", certificate, certificate, certificate)))
        .isInstanceOf(IOException.class)
        .hasMessage(certificate + " has no PRIVATE KEY");
  }

  /// What a client with these keys is told; nothing when it gets its connection.
  private static String refusal(String url, Path trust, String name) {
    MqttSettings settings =
        settings(url, trust, BROKER.keys().certificate(name), BROKER.keys().key(name));
    try {
      Mqtt5BlockingClient client =
          Mqtt5Client.builder()
              .serverHost(settings.host())
              .serverPort(settings.port())
              .sslConfig(BrokerTls.of(settings))
              .buildBlocking();
      client.connect();
      client.disconnect();
      return "";
    } catch (Mqtt5ConnAckException | ConnectionFailedException | ConnectionClosedException e) {
      return MqttLink.words(e);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MqttSettings settings(String url, Path trust, Path certificate, Path key) {
    return new MqttSettings(
        Optional.of(url),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "mote",
        List.of(trust),
        Optional.of(certificate.toString()),
        Optional.of(key.toString()),
        Duration.ofHours(1),
        1_000,
        32_768,
        true,
        true);
  }

  private static boolean is(TestService service, String gauge) {
    return service.bean(MeterRegistry.class).find(gauge).gauges().stream()
        .anyMatch(one -> one.value() == 1);
  }

  private static void awaitReady(TestService service) throws InterruptedException {
    await("a connection", () -> is(service, "mote.mqtt.connected"));
    // The position from which events are published is written at the first look.
    await(
        "a position",
        () ->
            SERVICE
                    .bean(JdbcClient.class)
                    .sql("select count(*) from mqtt_position")
                    .query(Long.class)
                    .single()
                > 0);
  }

  private static void publish(UUID tenant, int from, int to) {
    for (int i = from; i < to; i++) {
      SERVICE.bean(Events.class).publish(tenant, "test.n", "s" + i, Map.of("n", i));
    }
  }

  private static List<Integer> numbers(List<JsonNode> told) {
    return told.stream()
        .filter(event -> event.get("kind").asString().equals("test.n"))
        .map(event -> event.get("content").get("n").asInt())
        .toList();
  }
}
