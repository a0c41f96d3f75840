package dev.mote.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MoteClientTest {

  private static final String SECRET = "mote_t0ken";
  private static final String ID = "01993d5e-0000-7000-8000-000000000001";
  private static final String ME =
      """
      {"id":"%s","name":"ann","tenant":"%s","tenantName":"default","roles":["VIEWER"],
       "system":false,"unknownToThisClient":[1]}"""
          .formatted(ID, ID);
  private static final String MODEL =
      """
      {"id":"%s","name":"%s","description":"","tags":[],"versions":0,"aliases":{},
       "created":"2026-11-22T01:02:03Z","createdBy":"ann","changed":"2026-11-22T01:02:03.5Z"}""";

  private static final Timeouts QUICK =
      new Timeouts(
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          3,
          Duration.ofMillis(1500));

  private final FakeService service = new FakeService();
  private final MoteClient client =
      MoteClient.at(service.address()).withToken(SECRET).withTimeouts(QUICK);

  @TempDir Path folder;

  @AfterEach
  void stop() {
    service.close();
  }

  private static ServiceProblem problem(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(ServiceProblem.class, call);
  }

  @Test
  void fieldsOfANewerServiceAreIgnored() {
    service.then(200, ME);
    assertThat(client.me().roles()).containsExactly("VIEWER");
    assertThat(service.asked.getFirst().token()).isEqualTo("Bearer " + SECRET);
  }

  @Test
  void aRefusalCarriesCodeFixAndFields() {
    service.then(
        400,
        """
        {"type":"urn:mote:error:MOTE-8001","title":"Bad Request","status":400,"detail":"2 fields are wrong\\u001b[2J",
         "code":"MOTE-8001","fix":"correct what 'errors' lists.",
         "errors":[{"field":"name","message":"is missing"},{"field":"tags","message":"are too many"}]}""");
    ServiceProblem problem = problem(() -> client.models().add("", "", List.of()));
    assertThat(problem.label()).isEqualTo("MOTE-8001");
    assertThat(problem.what()).isEqualTo("2 fields are wrong?[2J");
    assertThat(problem.fields())
        .containsExactly(
            new ServiceProblem.FieldError("name", "is missing"),
            new ServiceProblem.FieldError("tags", "are too many"));
  }

  @Test
  void aPostIsSentAgainWithTheSameKeyWhenTheConnectionIsLost() {
    service
        .thenCut(201, "{\"id\":", 500)
        .then(503, "", "Retry-After", "1")
        .then(201, MODEL.formatted(ID, "kws"));
    assertThat(client.models().add("kws", "", List.of()).name()).isEqualTo("kws");
    assertThat(service.asked).hasSize(3);
    assertThat(service.asked.stream().map(FakeService.Asked::key).distinct()).hasSize(1);
    assertThat(service.asked.getFirst().key()).hasSize(36);
    assertThat(service.asked.stream().map(FakeService.Asked::body).distinct()).hasSize(1);
  }

  @Test
  void aLoginIsNotSentAgain() {
    service.thenCut(201, "{", 500);
    ServiceProblem problem = problem(() -> client.logIn("default", "ann", "password"));
    assertThat(problem.code()).isEqualTo(8601);
    assertThat(service.asked).hasSize(1);
    assertThat(service.asked.getFirst().key()).isEmpty();
  }

  @Test
  void whatWasDeletedBeforeTheAnswerWasLostIsDeleted() {
    service.thenCut(200, "x", 500).then(404, "{\"code\":\"MOTE-8002\",\"detail\":\"gone\"}");
    client.models().delete("kws");
    assertThat(service.asked).hasSize(2);
  }

  @Test
  void whatIsNotThereIsNotDeleted() {
    service.then(404, "{\"code\":\"MOTE-8002\",\"detail\":\"there is no model 'kws'\"}");
    assertThat(problem(() -> client.models().delete("kws")).code()).isEqualTo(8002);
  }

  @Test
  void aQuotaIsNotTriedAgain() {
    service.then(429, "{\"code\":\"MOTE-8030\",\"detail\":\"too many models\"}");
    assertThat(problem(() -> client.models().add("kws", "", List.of())).code()).isEqualTo(8030);
    assertThat(service.asked).hasSize(1);
  }

  @Test
  void nobodyWaitsLongerThanTheirPatience() {
    service.then(429, "{\"code\":\"MOTE-8013\",\"detail\":\"locked\"}", "Retry-After", "900");
    ServiceProblem problem = problem(client::me);
    assertThat(problem.retryAfter()).contains(Duration.ofMinutes(15));
    assertThat(service.asked).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aTokenGoesNowhereElse(int status) {
    try (FakeService other = new FakeService()) {
      service.then(status, "", "Location", other.address() + "/v1/me");
      ServiceProblem problem = problem(client::me);
      assertThat(problem.code()).isEqualTo(8603);
      assertThat(problem.what()).contains(other.address().toString());
      assertThat(other.asked).isEmpty();
    }
  }

  @Test
  void nothingShowsASecret() {
    assertThat(client.toString() + client.models() + client.withTimeouts(QUICK))
        .doesNotContain(SECRET);
    IssuedToken issued =
        new IssuedToken(UUID.fromString(ID), "cli", List.of(), java.time.Instant.EPOCH, SECRET);
    assertThat(issued.toString()).doesNotContain(SECRET);
    assertThatThrownBy(() -> MoteClient.at(service.address()).withToken("se\ncret"))
        .hasMessageNotContaining("cret\n")
        .hasMessageNotContaining("se\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "[",
        "null",
        "[]",
        "{}",
        "{\"id\":3}",
        "{\"id\":\"x\"}",
        "\"a\"",
        "1e999"
      })
  void whatIsNoAnswerIsRefused(String json) {
    service.then(200, json);
    assertThat(problem(client::me).code()).isEqualTo(8602);
  }

  @Test
  void deepJsonIsRefused() {
    service.then(200, "[".repeat(500_000));
    assertThat(problem(client::me).code()).isEqualTo(8602);
  }

  @Test
  void endlessJsonIsRefused() {
    service.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
          for (int i = 0; i < 64; i++) {
            exchange.getResponseBody().write(blanks);
          }
        });
    ServiceProblem problem = problem(client::me);
    assertThat(problem.code()).isEqualTo(8602);
    assertThat(service.asked).hasSize(1);
  }

  @Test
  void aServiceThatIsSilentIsGivenUp() {
    service.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().flush();
          try {
            Thread.sleep(10_000);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    MoteClient hasty =
        client.withTimeouts(
            new Timeouts(
                Duration.ofSeconds(1),
                Duration.ofMillis(300),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                3,
                Duration.ZERO));
    assertThat(problem(hasty::me).code()).isEqualTo(8605);
  }

  @Test
  void aServiceThatIsNotThereIsSaidToBe() {
    URI nowhere = URI.create("http://localhost:1");
    ServiceProblem problem = problem(() -> MoteClient.at(nowhere).withTimeouts(QUICK).me());
    assertThat(problem.code()).isEqualTo(8601);
    assertThat(problem.what()).startsWith("http://localhost:1 cannot be reached");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://a", "mote.example.com", "http://", "https://me:pw@a", "https://a?x=1"})
  void anAddressIsChecked(String address) {
    assertThat(
            problem(
                    () ->
                        MoteClient.at(URI.create(address.equals("http://") ? "http:///" : address)))
                .code())
        .isEqualTo(8604);
  }

  @Test
  void listsComePageByPage() {
    service
        .then(200, "{\"items\":[" + MODEL.formatted(ID, "a") + "],\"next\":\"c1\"}")
        .then(200, "{\"items\":[" + MODEL.formatted(ID, "b") + "]}");
    assertThat(client.models().list(Optional.of("a b&c")).map(Model::name))
        .containsExactly("a", "b");
    assertThat(service.asked.getFirst().line()).contains("tag=a%20b%26c").contains("limit=100");
    assertThat(service.asked.getLast().line()).contains("cursor=c1");
  }

  @Test
  void pagesThatDoNotEndAreRefused() {
    String page = "{\"items\":[" + MODEL.formatted(ID, "a") + "],\"next\":\"c1\"}";
    service.then(200, page).then(200, page);
    assertThat(problem(() -> client.models().list(Optional.empty()).toList()).code())
        .isEqualTo(8602);
  }

  private static String version(byte[] content) throws Exception {
    return """
        {"id":"%s","model":"%s","modelName":"kws","number":1,"format":"tflite","sha256":"%s","bytes":%d,
         "fileName":"kws.tflite","description":"","labels":{},"aliases":[],"modules":0,
         "created":"2026-11-22T01:02:03Z","createdBy":"ann"}"""
        .formatted(
            ID,
            ID,
            HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)),
            content.length);
  }

  @Test
  void aFileIsUploadedAndSentAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("k w.tflite"), "model");
    service.then(503, "").then(201, version("model".getBytes(StandardCharsets.UTF_8)));
    Added<ModelVersion> added = client.models().upload("kws", file, "first");
    assertThat(added.isNew()).isTrue();
    assertThat(service.asked)
        .allSatisfy(
            asked -> {
              assertThat(asked.body()).isEqualTo("model");
              assertThat(asked.line())
                  .isEqualTo(
                      "POST /v1/models/kws/versions?fileName=k%20w.tflite&description=first");
            });
  }

  @Test
  void aDownloadIsCheckedAndTakesItsPlaceWhole() throws Exception {
    byte[] content = "the module".getBytes(StandardCharsets.UTF_8);
    service.then(200, version(content)).thenCut(200, "the mo", 10).then(200, "the module");
    ModelVersion version = client.models().version(UUID.fromString(ID));
    Path file = folder.resolve("a/module.bin");
    client.models().download(version, file);
    assertThat(file).hasContent("the module");
    service.then(200, "the Module");
    assertThat(problem(() -> client.models().download(version, file)).code()).isEqualTo(8602);
    assertThat(file).hasContent("the module");
    try (var left = Files.list(folder.resolve("a"))) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void namesCannotLeaveTheirPlace() {
    service.then(404, "{\"code\":\"MOTE-8002\",\"detail\":\"there is none\"}");
    assertThat(problem(() -> client.models().get("../../users?x#y")).code()).isEqualTo(8002);
    assertThat(service.asked.getFirst().line()).isEqualTo("GET /v1/models/..%2F..%2Fusers%3Fx%23y");
    assertThatThrownBy(() -> client.models().get(".."))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anImportWithoutItsLastLineIsNotWhole() throws IOException {
    Path file = Files.writeString(folder.resolve("d.csv"), "endpoint\nn1\n");
    service.then(200, "{\"line\":2,\"endpoint\":\"n1\",\"id\":\"" + ID + "\",\"key\":\"00ff\"}\n");
    assertThat(problem(() -> client.devices().importFile(file)).code()).isEqualTo(8602);
    service.then(
        200,
        "{\"line\":2,\"endpoint\":\"n1\",\"id\":\"%s\",\"key\":\"00ff\"}\n{\"entered\":1,\"refused\":0}\n"
            .formatted(ID));
    assertThat(client.devices().importFile(file))
        .singleElement()
        .satisfies(
            device -> {
              assertThat(device.key()).contains("00ff");
              assertThat(device.toString()).doesNotContain("00ff");
            });
  }

  @Test
  void aTagWithoutValueIsSentAsNull() {
    service.then(
        200,
        """
        {"id":"%s","endpoint":"n1","name":"n1","tags":{},"groups":[],"state":"NEVER_SEEN",
         "created":"2026-11-22T01:02:03Z"}"""
            .formatted(ID));
    client.devices().tag(UUID.fromString(ID), Map.of("site", Optional.empty()));
    assertThat(service.asked.getFirst().body()).isEqualTo("{\"tags\":{\"site\":null}}");
  }
}
