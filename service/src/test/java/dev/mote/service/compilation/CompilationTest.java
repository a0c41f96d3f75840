package dev.mote.service.compilation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.builder.BuildOptions;
import dev.mote.builder.DeviceFacts;
import dev.mote.emulator.RequiredTools;
import dev.mote.module.KeyFiles;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleReader;
import dev.mote.module.Payloads;
import dev.mote.module.TrustList;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import dev.mote.service.TestService;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Role;
import dev.mote.service.database.Ids;
import dev.mote.service.http.Problem;
import dev.mote.service.registry.Module;
import dev.mote.service.registry.Registry;
import dev.mote.service.store.Artifacts;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompilationTest {

  private static final Path FASHION =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");

  /// No other service of tests has this, so that its workers are known by it.
  private static final int MEGABYTES = 509;

  private static TestService service;
  private static Compilation compilation;
  private static Registry registry;
  private static Artifacts artifacts;
  private static Caller caller;
  private static UUID version;

  @BeforeAll
  static void start() throws IOException {
    service = TestService.start("--mote.compilation.memory=" + MEGABYTES + "MB");
    compilation = service.bean(Compilation.class);
    registry = service.bean(Registry.class);
    artifacts = service.bean(Artifacts.class);
    JsonNode me = service.admin().get("/v1/me").expect(200).json();
    UUID tenant =
        service
            .bean(JdbcClient.class)
            .sql("select id from tenant where name = 'default'")
            .query(UUID.class)
            .single();
    assertThat(me.get("tenantName").asString()).isEqualTo("default");
    caller = new Caller(tenant, Ids.next(), "admin", Set.of(Role.ADMIN), false);
    version = AddedVersion.of(service, tenant, "fashion", Files.readAllBytes(FASHION));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static Map<String, Object> board(
      String target, String architecture, List<String> extensions, long ram, long flash) {
    Map<String, Object> facts = new HashMap<>();
    facts.put("target", target);
    facts.put("architecture", architecture);
    facts.put("extensions", extensions);
    facts.put("ramBytes", ram);
    facts.put("flashBytes", flash);
    facts.put("runtimeAbi", 1);
    facts.put("payloadKinds", List.of("native"));
    return facts;
  }

  private static BuildResult ended(UUID build) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(240))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> compilation.result(caller.tenant(), build).orElseThrow().state().isEnded());
    return compilation.result(caller.tenant(), build).orElseThrow();
  }

  private static UUID request(UUID model, Map<String, ?> facts) {
    return compilation
        .request(caller, model, List.of(DeviceFacts.parse(facts)), BuildOptions.STANDARD)
        .values()
        .iterator()
        .next();
  }

  private static ModuleFile file(String sha256) {
    return ModuleReader.read(Bytes.of(artifacts.bytes(sha256)));
  }

  @Test
  void threeBoardsAndTheHostGetModulesThatTheirFirmwareTrusts() {
    assumeTrue(
        RequiredTools.missing(
                List.of(
                    Targets.find("cortex-m4"), Targets.find("cortex-m33"), Targets.find("rv32imc")))
            .isEmpty(),
        "tools are missing");
    Map<String, Object> wanted =
        Map.of(
            "version",
            version,
            "targets",
            List.of("host"),
            "facts",
            List.of(
                board("cortex-m4", "armv7e-m", List.of("dsp", "fpu-sp"), 100_000, 200_000),
                board("cortex-m33", "armv8-m.main", List.of("dsp", "fpu-sp"), 100_000, 200_000),
                board("rv32imc", "rv32", List.of("rv-m", "rv-c"), 100_000, 200_000)));
    String id =
        service.admin().post("/v1/compilations", wanted).expect(202).json().get("id").asString();
    Awaitility.await()
        .atMost(Duration.ofSeconds(300))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> show(id).get("ended").asBoolean());
    JsonNode builds = show(id).get("builds");
    assertThat(builds.size()).isEqualTo(4);
    TrustList trust = trust();
    for (JsonNode part : builds) {
      JsonNode build = part.get("build");
      assertThat(build.get("state").asString()).as(build.toString()).isEqualTo("BUILT");
      assertThat(build.get("explanation").toString()).contains("is chosen: nothing else can serve");
      Module module =
          registry
              .module(caller.tenant(), UUID.fromString(build.get("module").asString()))
              .orElseThrow();
      assertThat(module.compiler()).isEqualTo("mote-c");
      assertThat(module.report().get("sizes").get("moduleBytes").asLong())
          .isBetween(5_000L, 200_000L);
      ModuleFile trusted = ModuleReader.read(Bytes.of(artifacts.bytes(module.sha256())), trust);
      assertThat(trusted.manifest().sequence()).isEqualTo(module.sequence());
      assertThat(trusted.manifest().identity().version())
          .isEqualTo(String.valueOf(module.sequence()));
    }
  }

  private static JsonNode show(String compilationId) {
    return service.admin().get("/v1/compilations/" + compilationId).expect(200).json();
  }

  private static TrustList trust() {
    String pem =
        service.admin().get("/v1/signing-keys").expect(200).json().get(0).get("pem").asString();
    return TrustList.of(List.of(KeyFiles.verificationKey(pem, "signing key")));
  }

  @Test
  void aThousandEqualDevicesAreOneBuildAndAskingAgainIsNone() {
    DeviceFacts facts =
        DeviceFacts.parse(
            Map.of(
                "target", "host", "payloadKinds", List.of("shared-library"), "ramBytes", 123_456));
    Map<DeviceFacts, UUID> first =
        compilation.request(
            caller, version, Collections.nCopies(1000, facts), BuildOptions.STANDARD);
    assertThat(first).hasSize(1);
    UUID build = Objects.requireNonNull(first.get(facts));
    BuildResult result = ended(build);
    assertThat(result.state()).isEqualTo(BuildState.BUILT);
    int jobs = jobs();
    assertThat(compilation.request(caller, version, List.of(facts), BuildOptions.STANDARD))
        .containsEntry(facts, build);
    assertThat(jobs()).isEqualTo(jobs);
    Plan plan =
        compilation.plan(caller.tenant(), version, Map.of(facts, 1000), BuildOptions.STANDARD);
    assertThat(plan.builds()).hasSize(1);
    assertThat(plan.builds().getFirst().module()).isEqualTo(result.module());
    assertThat(plan.builds().getFirst().devices()).isEqualTo(1000);
  }

  @Test
  void whoAsksAtTheSameTimeGetsTheSameBuild() throws Exception {
    DeviceFacts facts = DeviceFacts.parse(board("cortex-m0", "armv6-m", List.of(), 1_024, 5_120));
    List<Callable<UUID>> asking =
        Collections.nCopies(
            8,
            () ->
                compilation
                    .request(caller, version, List.of(facts), BuildOptions.STANDARD)
                    .get(facts));
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      Set<UUID> builds = new HashSet<>();
      for (Future<UUID> one : threads.invokeAll(asking)) {
        builds.add(one.get());
      }
      assertThat(builds).hasSize(1);
      assertThat(
              service
                  .bean(JdbcClient.class)
                  .sql("select count(*) from job where subject->>'build' = :build")
                  .param("build", builds.iterator().next().toString())
                  .query(Integer.class)
                  .single())
          .isEqualTo(1);
    }
  }

  private static int jobs() {
    return service
        .bean(JdbcClient.class)
        .sql("select count(*) from job")
        .query(Integer.class)
        .single();
  }

  @Test
  void aDeviceThatIsTooSmallIsToldInWords() {
    Map<String, Object> small = board("cortex-m4", "armv7e-m", List.of("dsp"), 2_048, 8_192);
    Plan plan =
        compilation.plan(
            caller.tenant(), version, Map.of(DeviceFacts.parse(small), 3), BuildOptions.STANDARD);
    assertThat(plan.builds().getFirst().fits()).isFalse();
    assertThat(plan.builds().getFirst().explanation()).contains("Nothing fits this device.");
    BuildResult result = ended(request(version, small));
    assertThat(result.state()).isEqualTo(BuildState.FAILED);
    assertThat(result.code()).contains("MOTE-8201");
    assertThat(result.failure().orElseThrow()).contains("too many");
    assertThat(result.fix()).isPresent();
    // It does not fit tomorrow either.
    int jobs = jobs();
    request(version, small);
    assertThat(jobs()).isEqualTo(jobs);
  }

  @Test
  void aHostileModelEndsInWordsAndTheServiceGoesOn() {
    byte[] bytes = new byte[40 << 20];
    bytes[4] = 'T';
    bytes[5] = 'F';
    bytes[6] = 'L';
    bytes[7] = '3';
    UUID hostile = AddedVersion.of(service, caller.tenant(), "hostile", bytes);
    BuildResult result =
        ended(
            request(hostile, Map.of("target", "host", "payloadKinds", List.of("shared-library"))));
    assertThat(result.state()).isEqualTo(BuildState.FAILED);
    assertThat(result.code().orElseThrow()).startsWith("MOTE-");
    assertThatThrownBy(
            () ->
                compilation.plan(
                    caller.tenant(),
                    hostile,
                    Map.of(DeviceFacts.of("cortex-m0"), 1),
                    BuildOptions.STANDARD))
        .isInstanceOf(Problem.class);
  }

  @Test
  void aWorkerThatIsKilledIsSaidAndTheBuildCanBeAskedForAgain() {
    Map<String, Object> facts =
        Map.of("target", "host", "payloadKinds", List.of("shared-library"), "ramBytes", 777_777);
    UUID build = request(version, facts);
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(20))
        .until(CompilationTest::killWorkers);
    BuildResult killed = ended(build);
    assertThat(killed.state()).isEqualTo(BuildState.FAILED);
    assertThat(killed.code()).contains("MOTE-8205");
    assertThat(request(version, facts)).isEqualTo(build);
    assertThat(ended(build).state()).isEqualTo(BuildState.BUILT);
  }

  /// Ends what this service started to build. Other tests have processes as well.
  private static boolean killWorkers() {
    List<ProcessHandle> workers =
        ProcessHandle.current().descendants().filter(CompilationTest::isWorker).toList();
    workers.forEach(ProcessHandle::destroyForcibly);
    return !workers.isEmpty();
  }

  private static boolean isWorker(ProcessHandle process) {
    try {
      // ProcessHandle leaves long command lines out.
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains("-Xmx" + MEGABYTES * 1024L * 1024L);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void modulesAreReissuedAboveAllOthersAndEncryptedForOneDevice() throws Exception {
    BuildResult built =
        ended(
            request(
                version,
                Map.of(
                    "target",
                    "host",
                    "payloadKinds",
                    List.of("shared-library"),
                    "ramBytes",
                    99_999)));
    Module module = registry.module(caller.tenant(), built.module().orElseThrow()).orElseThrow();
    Module again =
        registry
            .module(caller.tenant(), compilation.reissue(caller.tenant(), module.id()))
            .orElseThrow();
    assertThat(again.sequence()).isGreaterThan(module.sequence());
    assertThat(again.identity()).isEqualTo(module.identity());
    ModuleFile plain = file(again.sha256());
    assertThat(plain.carried()).isEqualTo(file(module.sha256()).carried());
    assertThat(compilation.packaged(caller.tenant(), again.id(), Optional.empty()))
        .isEqualTo(again.sha256());

    KeyPair device = Curve.P256.generate(new SecureRandom());
    String sealed =
        compilation.packaged(caller.tenant(), again.id(), Optional.of(device.getPublic()));
    assertThat(sealed).isNotEqualTo(again.sha256());
    assertThat(compilation.packaged(caller.tenant(), again.id(), Optional.of(device.getPublic())))
        .isEqualTo(sealed);
    RecipientKey.Private key =
        RecipientKey.Private.of(
            Bytes.of(device.getPrivate().getEncoded()),
            RecipientKey.Public.of(Curve.P256, Bytes.of(device.getPublic().getEncoded())));
    ModuleFile encrypted = ModuleReader.read(Bytes.of(artifacts.bytes(sealed)), trust());
    assertThat(Payloads.open(encrypted, 0, List.of(key), Optional.empty()))
        .isEqualTo(Payloads.open(plain, 0));
  }

  @Test
  void devicesAreCountedByWhatTheySay() {
    Map<String, Object> facts = board("rv32imc", "rv32imc", List.of(), 1_024, 2_048);
    for (int i = 0; i < 5; i++) {
      device("said-" + i, Optional.of(facts));
    }
    device("silent", Optional.empty());
    JsonNode builds =
        service
            .admin()
            .post("/v1/compilations/plan", Map.of("version", version, "devices", ""))
            .expect(200)
            .json()
            .get("builds");
    assertThat(builds.size()).isEqualTo(1);
    assertThat(builds.get(0).get("devices").asInt()).isEqualTo(5);
    assertThat(builds.get(0).get("fits").asBoolean()).isFalse();
  }

  private static void device(String endpoint, Optional<Map<String, Object>> facts) {
    JdbcClient sql = service.bean(JdbcClient.class);
    UUID id = Ids.next();
    sql.sql(
            """
            insert into device (id, tenant, endpoint, name, created)
            values (:id, :tenant, :endpoint, :endpoint, now())""")
        .param("id", id)
        .param("tenant", caller.tenant())
        .param("endpoint", endpoint)
        .update();
    facts.ifPresent(
        said ->
            sql.sql("insert into device_word (device, facts) values (:id, :facts::jsonb)")
                .param("id", id)
                .param("facts", new JsonMapper().writeValueAsString(said))
                .update());
  }

  @Test
  void anotherTenantSeesNothingOfIt() {
    TestService.Client other = service.tenant("other");
    UUID build = request(version, board("cortex-m0", "armv6-m", List.of(), 1_024, 1_024));
    assertThat(compilation.result(Ids.next(), build)).isEmpty();
    other
        .post("/v1/compilations", Map.of("version", version, "targets", List.of("host")))
        .expect(404);
    other
        .post("/v1/compilations/plan", Map.of("version", version, "targets", List.of("host")))
        .expect(404);
    assertThat(other.get("/v1/signing-keys").expect(200).text())
        .isNotEqualTo(service.admin().get("/v1/signing-keys").expect(200).text());
  }

  @Test
  void whatIsWrongInARequestIsSaid() {
    JsonNode options =
        service
            .admin()
            .post(
                "/v1/compilations",
                Map.of(
                    "version",
                    version,
                    "targets",
                    List.of("host"),
                    "options",
                    Map.of("optimise", "speed")))
            .expect(400)
            .json();
    assertThat(options.get("code").asString()).isEqualTo("MOTE-8210");
    assertThat(options.get("detail").asString()).contains("there is no option 'optimise'");
    assertThat(
            service
                .admin()
                .post("/v1/compilations", Map.of("version", version))
                .expect(400)
                .json()
                .get("code")
                .asString())
        .isEqualTo("MOTE-8212");
    service
        .admin()
        .post("/v1/compilations", Map.of("version", version, "targets", List.of("z80")))
        .expect(400);
    for (Map<String, Object> facts :
        List.<Map<String, Object>>of(
            Map.of("ram", 1024), Map.of("ramBytes", "much"), Map.of("extensions", "dsp"))) {
      String wrong =
          service
              .admin()
              .post("/v1/compilations", Map.of("version", version, "facts", List.of(facts)))
              .expect(400)
              .text();
      assertThat(wrong).contains("facts[0]." + facts.keySet().iterator().next());
    }
  }
}
