package dev.mote.service.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.service.TestService;
import dev.mote.service.TestService.Answer;
import dev.mote.service.TestService.Client;
import dev.mote.service.database.Ids;
import dev.mote.service.store.Artifacts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/// Models, versions, aliases and modules, over HTTP.
class RegistryTest {

  static final Path MODEL =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("testkit/src/test/resources/classical/onnx_iris_layers.onnx");

  private static TestService service;
  private static Client admin;
  private static Client other;
  private static Registry registry;
  private static int number;

  @BeforeAll
  static void start() {
    service =
        TestService.start(
            "--mote.registry.model-limit=200KB", "--mote.registry.isolated-check=false");
    admin = service.admin();
    other = service.tenant("other");
    registry = service.bean(Registry.class);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  /// The same model with another comment in its file: another version.
  private static byte[] model(String comment) throws IOException {
    byte[] model = Files.readAllBytes(MODEL);
    byte[] text = comment.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(model, model.length + 2 + text.length);
    all[model.length] = 6 << 3 | 2;
    all[model.length + 1] = (byte) text.length;
    System.arraycopy(text, 0, all, model.length + 2, text.length);
    return all;
  }

  private static JsonNode addModel(Client client, String name) {
    return client.post("/v1/models", Map.of("name", name)).expect(201).json();
  }

  private static String newModel() {
    return addModel(admin, "model-" + ++number).get("id").asString();
  }

  private static JsonNode addVersion(String model, String comment) throws IOException {
    return admin
        .upload("/v1/models/" + model + "/versions?fileName=iris.onnx", model(comment))
        .expect(201)
        .json();
  }

  private static UUID id(JsonNode thing) {
    return UUID.fromString(thing.get("id").asString());
  }

  private static UUID tenant(Client client) {
    return UUID.fromString(client.get("/v1/me").expect(200).json().get("tenant").asString());
  }

  private static Module addModule(UUID version, String content, Optional<UUID> parent) {
    Artifacts artifacts = service.bean(Artifacts.class);
    String sha256 = put(artifacts, content);
    String page = put(artifacts, "<p>" + content);
    return registry.addModule(
        new NewModule(
            tenant(admin),
            version,
            Optional.of(UUID.randomUUID()),
            parent,
            parent.isPresent() ? NewModule.Kind.DELTA : NewModule.Kind.BUILD,
            "cortex-m4",
            "mote",
            "0.1",
            Map.of("optimize", "speed"),
            Map.of("target", "cortex-m4"),
            "f".repeat(64),
            sha256,
            1,
            UUID.randomUUID().toString(),
            Map.of("arenaBytes", 100),
            Optional.of(page)));
  }

  private static String put(Artifacts artifacts, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return artifacts.put(new ByteArrayInputStream(bytes), 1000).sha256();
  }

  private static Stream<JsonNode> all(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(calls.size())) {
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    }
  }

  @Test
  void aVersionIsCheckedStoredAndGivenBack() throws IOException {
    String model = newModel();
    JsonNode version = addVersion(model, "first");
    assertThat(version.get("number").asInt()).isEqualTo(1);
    assertThat(version.get("format").asString()).isEqualTo("onnx");
    assertThat(version.get("fileName").asString()).isEqualTo("iris.onnx");
    assertThat(version.get("check").get("usable").asBoolean()).isTrue();
    assertThat(version.get("check").get("macs").asLong()).isPositive();
    assertThat(version.get("check").get("targets")).isNotEmpty();

    Answer content = admin.get("/v1/versions/" + id(version) + "/content").expect(200);
    assertThat(content.bytes()).isEqualTo(model("first"));
    assertThat(content.header("ETag")).isEqualTo("\"" + version.get("sha256").asString() + "\"");
    assertThat(content.header("Content-Disposition")).contains("iris.onnx");
    admin
        .with("If-None-Match", content.header("ETag"))
        .get("/v1/versions/" + id(version) + "/content")
        .expect(304);
    Answer part =
        admin.with("Range", "bytes=10-19").get("/v1/versions/" + id(version) + "/content");
    assertThat(part.expect(206).bytes()).isEqualTo(Arrays.copyOfRange(model("first"), 10, 20));

    Answer again = admin.upload("/v1/models/" + model + "/versions", model("first")).expect(200);
    assertThat(id(again.json())).isEqualTo(id(version));
    assertThat(addVersion(model, "second").get("number").asInt()).isEqualTo(2);
    JsonNode list = admin.get("/v1/models/" + model + "/versions?limit=1").expect(200).json();
    assertThat(list.get("items").get(0).get("number").asInt()).isEqualTo(2);
    String next = list.get("next").asString();
    list = admin.get("/v1/models/" + model + "/versions?limit=1&cursor=" + next).json();
    assertThat(list.get("items").get(0).get("number").asInt()).isEqualTo(1);
  }

  @Test
  void whatIsNoModelIsRefusedWithEverythingThatIsWrong() throws IOException {
    String path = "/v1/models/" + newModel() + "/versions?fileName=x.onnx";
    Answer answer =
        admin.upload(path, "no model".getBytes(StandardCharsets.UTF_8)).expectProblem(422, 8101);
    assertThat(answer.json().get("errors").get(0).get("message").asString()).contains("MOTE-");
    admin.upload(path, Arrays.copyOf(model("x"), 300)).expectProblem(422, 8101);
    admin.upload(path, new byte[0]).expectProblem(400, 8001);
    admin.upload(path, new byte[201 * 1024]).expectProblem(413, 8102);
    assertThat(admin.get(path).json().get("items")).isEmpty();
  }

  @Test
  void namesAreUniqueAndValid() {
    String model = newModel();
    String name = admin.get("/v1/models/" + model).json().get("name").asString();
    admin.post("/v1/models", Map.of("name", name)).expectProblem(409, 8104);
    admin.post("/v1/models", Map.of("name", "no spaces")).expectProblem(400, 8001);
    admin.post("/v1/models", Map.of("name", UUID.randomUUID())).expectProblem(400, 8001);
    admin.post("/v1/models", Map.of()).expectProblem(400, 8001);
    addModel(other, name);
    assertThat(admin.get("/v1/models/" + name).expect(200).json().get("id").asString())
        .isEqualTo(model);
    JsonNode changed =
        admin
            .patch(
                "/v1/models/" + model,
                Map.of("description", "hears words", "tags", List.of("audio", "kws")))
            .expect(200)
            .json();
    assertThat(changed.get("name").asString()).isEqualTo(name);
    assertThat(all(changed.get("tags")).map(JsonNode::asString)).containsExactly("audio", "kws");
    assertThat(admin.get("/v1/models?tag=kws").json().get("items")).hasSize(1);
    admin.patch("/v1/models/" + model, Map.of("name", newModelName())).expectProblem(409, 8104);
  }

  private static String newModelName() {
    return admin.get("/v1/models/" + newModel()).json().get("name").asString();
  }

  @Test
  void numbersHaveNoGapsWhenManyUploadAtOnce() throws Exception {
    String model = newModel();
    List<Callable<Integer>> uploads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      // Each file twice: the second of them must find the first.
      byte[] file = model("at once " + i / 2);
      uploads.add(
          () ->
              admin.upload("/v1/models/" + model + "/versions", file).json().get("number").asInt());
    }
    List<Integer> numbers = atOnce(uploads);
    assertThat(numbers).containsOnly(1, 2, 3, 4);
    IntStream.range(0, 4)
        .forEach(i -> assertThat(numbers.get(2 * i)).isEqualTo(numbers.get(2 * i + 1)));
    assertThat(admin.get("/v1/models/" + model).json().get("versions").asInt()).isEqualTo(4);
  }

  @Test
  void aliasesMoveAndRememberWhere() throws Exception {
    String model = newModel();
    UUID first = id(addVersion(model, "a"));
    UUID second = id(addVersion(model, "b"));
    String alias = "/v1/models/" + model + "/aliases/production";
    admin.get(alias).expectProblem(404, 8002);
    admin.put(alias, Map.of("version", first)).expect(200);
    admin.put(alias, Map.of("version", first)).expect(200);
    admin.put(alias, Map.of("version", second, "expected", 2)).expectProblem(409, 8104);
    admin.put(alias, Map.of("version", second, "expected", 1)).expect(200);
    assertThat(registry.aliased(tenant(admin), UUID.fromString(model), "production"))
        .map(ModelVersion::id)
        .contains(second);
    assertThat(registry.aliased(tenant(other), UUID.fromString(model), "production")).isEmpty();
    admin.delete("/v1/versions/" + second).expectProblem(409, 8103);
    admin.delete(alias).expect(204);
    JsonNode moves =
        admin.get("/v1/models/" + model + "/alias-moves").expect(200).json().get("items");
    assertThat(all(moves).map(m -> m.path("from").asString("-") + ">" + m.path("to").asString("-")))
        .containsExactly("2>-", "1>2", "->1");

    List<Callable<Integer>> moved = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      UUID version = i % 2 == 0 ? first : second;
      moved.add(
          () ->
              admin
                  .put("/v1/models/" + model + "/aliases/canary", Map.of("version", version))
                  .status());
    }
    assertThat(atOnce(moved)).containsOnly(200);
    admin.put("/v1/models/" + newModel() + "/aliases/x", Map.of("version", first)).expect(404);
    admin.put("/v1/models/" + model + "/aliases/a%20b", Map.of("version", first)).expect(400);
  }

  @Test
  void whatIsInUseIsNotDeletedAndSaysByWhat() throws Exception {
    String model = newModel();
    UUID version = id(addVersion(model, "used"));
    Module module = addModule(version, "used module", Optional.empty());
    Module delta = addModule(version, "its delta", Optional.of(module.id()));
    UUID rollout = UUID.randomUUID();
    registry.use(tenant(admin), delta.id(), "rollout:" + rollout);
    registry.use(tenant(admin), delta.id(), "rollout:" + rollout);

    Answer refused = admin.delete("/v1/modules/" + delta.id()).expectProblem(409, 8103);
    assertThat(refused.json().get("detail").asString()).contains("rollout '" + rollout);
    admin.delete("/v1/modules/" + module.id()).expectProblem(409, 8103);
    refused = admin.delete("/v1/versions/" + version).expectProblem(409, 8103);
    assertThat(refused.json().get("errors")).hasSize(2);
    admin.delete("/v1/models/" + model).expectProblem(409, 8103);
    assertThat(admin.get("/v1/modules/" + delta.id() + "/uses").expect(200).json()).hasSize(1);

    registry.release(tenant(admin), delta.id(), "rollout:" + rollout);
    admin.delete("/v1/modules/" + delta.id()).expect(204);
    admin.delete("/v1/modules/" + module.id()).expect(204);
    admin.delete("/v1/models/" + model).expect(204);
    admin.get("/v1/versions/" + version).expectProblem(404, 8002);
    assertThatThrownBy(() -> registry.use(tenant(admin), module.id(), "rollout:" + rollout))
        .hasMessageContaining("there is no module");
  }

  @Test
  void useAndDeletionAtOnceNeverBothSucceed() throws Exception {
    UUID version = id(addVersion(newModel(), "race"));
    UUID tenant = tenant(admin);
    for (int round = 0; round < 10; round++) {
      UUID module = addModule(version, "race " + round, Optional.empty()).id();
      List<Boolean> done =
          atOnce(
              List.of(
                  () -> admin.delete("/v1/modules/" + module).status() == 204,
                  () -> {
                    try {
                      registry.use(tenant, module, "rollout:" + UUID.randomUUID());
                      return true;
                    } catch (IllegalArgumentException e) {
                      return false;
                    }
                  }));
      assertThat(done).containsExactlyInAnyOrder(true, false);
      assertThat(registry.module(tenant, module).isPresent()).isEqualTo(done.get(1));
    }
  }

  @Test
  void lineageGoesFromTheModelToWhatUsesItsModules() throws IOException {
    String model = newModel();
    UUID version = id(addVersion(model, "lineage"));
    Module module = addModule(version, "lineage module", Optional.empty());
    Module delta = addModule(version, "lineage delta", Optional.of(module.id()));
    UUID rollout = UUID.randomUUID();
    registry.use(tenant(admin), delta.id(), "rollout:" + rollout);
    for (int i = 0; i < 20; i++) {
      registry.use(tenant(admin), delta.id(), "device:" + UUID.randomUUID());
    }
    for (String path : List.of("/v1/models/" + model, "/v1/versions/" + version)) {
      JsonNode lineage = admin.get(path + "/lineage").expect(200).json();
      assertThat(all(lineage.get("nodes")).map(n -> n.get("kind").asString()))
          .containsExactlyInAnyOrder(
              "model", "version", "build", "build", "module", "module", "rollout", "device");
      List<String> edges =
          all(lineage.get("edges"))
              .map(e -> e.get("from").asString() + " " + e.get("to").asString())
              .toList();
      assertThat(edges)
          .contains(
              "model:" + model + " version:" + version,
              "module:" + module.id() + " module:" + delta.id(),
              "module:" + delta.id() + " rollout:" + rollout,
              "module:" + delta.id() + " devices-of:" + delta.id())
          .doesNotHaveDuplicates();
      assertThat(lineage.get("complete").asBoolean()).isTrue();
    }
    JsonNode shown = admin.get("/v1/modules/" + delta.id()).expect(200).json();
    assertThat(shown.get("parent").asString()).isEqualTo(module.id().toString());
    assertThat(shown.get("options").get("optimize").asString()).isEqualTo("speed");
    assertThat(admin.get("/v1/modules?version=" + version).json().get("items")).hasSize(2);
    assertThat(admin.get("/v1/modules/" + delta.id() + "/content").expect(200).text())
        .isEqualTo("lineage delta");
    Answer page = admin.get("/v1/modules/" + delta.id() + "/page").expect(200);
    assertThat(page.text()).isEqualTo("<p>lineage delta");
    assertThat(page.headers("Content-Security-Policy").toString()).contains("sandbox");
  }

  @Test
  void searchFindsByWordsMisspeltWordsAndDigests() throws IOException {
    String model =
        admin
            .post(
                "/v1/models",
                Map.of(
                    "name",
                    "keyword-spotting",
                    "description",
                    "wakes up at 100% of words",
                    "tags",
                    List.of("microphone")))
            .expect(201)
            .json()
            .get("id")
            .asString();
    JsonNode version = addVersion(model, "searched");
    admin
        .patch(
            "/v1/versions/" + id(version),
            Map.of("labels", Map.of("dataset", "speech-commands"), "card", "# Card"))
        .expect(200);
    Module module = addModule(id(version), "searched module", Optional.empty());
    Map<String, UUID> found =
        Map.of(
            "keyword",
            UUID.fromString(model),
            "MICROPHONE",
            UUID.fromString(model),
            "keywrod-spoting",
            UUID.fromString(model),
            "100%25",
            UUID.fromString(model),
            "speech-commands",
            id(version),
            version.get("sha256").asString().substring(0, 12),
            id(version),
            module.sha256().substring(0, 12),
            module.id(),
            module.identity(),
            module.id());
    found.forEach(
        (query, id) -> {
          JsonNode hits = admin.get("/v1/search?q=" + query).expect(200).json();
          assertThat(all(hits).map(RegistryTest::id)).as(query).contains(id);
          assertThat(other.get("/v1/search?q=" + query).expect(200).json()).as(query).isEmpty();
        });
    admin.get("/v1/search?q=%20").expectProblem(400, 8001);
  }

  @Test
  void othersSeeNothingAndViewersChangeNothing() throws IOException {
    String model = newModel();
    UUID version = id(addVersion(model, "mine"));
    UUID module = addModule(version, "my module", Optional.empty()).id();
    for (String path :
        List.of(
            "/v1/models/" + model,
            "/v1/models/" + model + "/versions",
            "/v1/models/" + model + "/lineage",
            "/v1/models/" + model + "/aliases",
            "/v1/models/" + model + "/alias-moves",
            "/v1/versions/" + version,
            "/v1/versions/" + version + "/content",
            "/v1/versions/" + version + "/lineage",
            "/v1/modules/" + module,
            "/v1/modules/" + module + "/content",
            "/v1/modules/" + module + "/page",
            "/v1/modules/" + module + "/uses")) {
      admin.get(path).expect(200);
      other.get(path).expectProblem(404, 8002);
    }
    other.delete("/v1/models/" + model).expectProblem(404, 8002);
    other.delete("/v1/versions/" + version).expectProblem(404, 8002);
    other.delete("/v1/modules/" + module).expectProblem(404, 8002);
    other.patch("/v1/versions/" + version, Map.of("card", "x")).expectProblem(404, 8002);
    other.upload("/v1/models/" + model + "/versions", model("x")).expectProblem(404, 8002);
    assertThat(other.get("/v1/modules").json().get("items")).isEmpty();

    Client viewer = service.user(admin, "looks", "VIEWER");
    viewer.get("/v1/models/" + model).expect(200);
    viewer.upload("/v1/models/" + model + "/versions", model("x")).expect(403);
    viewer.delete("/v1/models/" + model).expect(403);
  }

  @Test
  void changesAreAuditedAndToldAndCountedAgainstQuotas() throws IOException {
    Client tenant = service.tenant("counted");
    String model = addModel(tenant, "counted").get("id").asString();
    byte[] file = model("counted");
    JsonNode version = tenant.upload("/v1/models/" + model + "/versions", file).expect(201).json();
    assertThat(used(tenant, "MODELS")).isEqualTo(1);
    assertThat(used(tenant, "ARTIFACT_BYTES")).isEqualTo(file.length);
    JdbcClient sql = service.bean(JdbcClient.class);
    assertThat(
            sql.sql("select kind from event where tenant = :tenant and kind like 'model.%'")
                .param("tenant", tenant(tenant))
                .query(String.class)
                .list())
        .contains("model.added", "model.version.added");
    tenant.delete("/v1/versions/" + id(version)).expect(204);
    tenant.delete("/v1/models/" + model).expect(204);
    assertThat(used(tenant, "MODELS")).isZero();
    assertThat(used(tenant, "ARTIFACT_BYTES")).isZero();
    JsonNode audit = tenant.get("/v1/audit").expect(200).json().get("items");
    assertThat(all(audit).map(row -> row.get("action").asString()))
        .contains("model.add", "version.add", "version.delete", "model.delete");
  }

  private static long used(Client client, String what) {
    return all(client.get("/v1/quotas").expect(200).json())
        .filter(quota -> quota.get("what").asString().equals(what))
        .findFirst()
        .orElseThrow()
        .get("used")
        .asLong();
  }

  @Test
  void jobsAreListedReadAndCancelled() {
    List<UUID> jobs = new ArrayList<>();
    for (String state : List.of("SUCCEEDED", "RUNNING", "RUNNING")) {
      UUID job = Ids.next();
      jobs.add(job);
      service
          .bean(JdbcClient.class)
          .sql(
              """
              insert into job (id, tenant, kind, title, subject, state, created, log_lines)
              values (:id, :tenant, 'nothing', 'a job', '{}', :state, now(), 3)""")
          .param("id", job)
          .param("tenant", tenant(admin))
          .param("state", state)
          .update();
      service
          .bean(JdbcClient.class)
          .sql(
              "insert into job_log select :id, n, now(), 'line ' || n from generate_series(1, 3) n")
          .param("id", job)
          .update();
    }
    JsonNode list = admin.get("/v1/jobs?kind=nothing&limit=2").expect(200).json();
    assertThat(all(list.get("items")).map(RegistryTest::id))
        .containsExactly(jobs.get(2), jobs.get(1));
    list = admin.get("/v1/jobs?kind=nothing&cursor=" + list.get("next").asString()).json();
    assertThat(all(list.get("items")).map(RegistryTest::id)).containsExactly(jobs.get(0));
    assertThat(admin.get("/v1/jobs?state=SUCCEEDED").json().get("items")).hasSize(1);
    admin.get("/v1/jobs?state=SUCEEDED").expectProblem(400, 8001);

    JsonNode log = admin.get("/v1/jobs/" + jobs.get(0) + "/log?limit=2").expect(200).json();
    assertThat(all(log.get("lines")).map(line -> line.get("text").asString()))
        .containsExactly("line 1", "line 2");
    assertThat(log.get("next").asLong()).isEqualTo(2);
    log = admin.get("/v1/jobs/" + jobs.get(0) + "/log?after=2").json();
    assertThat(log.get("lines")).hasSize(1);
    assertThat(log.path("next").isNumber()).isFalse();
    // One that runs may write more.
    log = admin.get("/v1/jobs/" + jobs.get(1) + "/log?after=3").json();
    assertThat(log.get("next").asLong()).isEqualTo(3);

    JsonNode cancelled =
        admin.post("/v1/jobs/" + jobs.get(1) + "/cancel", Map.of()).expect(202).json();
    assertThat(cancelled.get("cancelAsked").asBoolean()).isTrue();
    admin.post("/v1/jobs/" + jobs.get(0) + "/cancel", Map.of()).expectProblem(409, 8110);
    other.post("/v1/jobs/" + jobs.get(2) + "/cancel", Map.of()).expectProblem(404, 8002);
    other.get("/v1/jobs/" + jobs.get(2)).expectProblem(404, 8002);
    other.get("/v1/jobs/" + jobs.get(2) + "/log").expectProblem(404, 8002);
    assertThat(other.get("/v1/jobs").json().get("items")).isEmpty();
  }

  @Test
  void aRolledBackHoldIsNone() {
    Artifacts artifacts = service.bean(Artifacts.class);
    String sha256 = put(artifacts, "held for a moment");
    UUID tenant = tenant(admin);
    service
        .bean(TransactionTemplate.class)
        .executeWithoutResult(
            status -> {
              artifacts.hold(tenant, sha256, "test");
              status.setRollbackOnly();
            });
    assertThat(artifacts.release(tenant, sha256, "test")).isFalse();
  }
}
