package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands that speak to the service, against a server that gives the service's answers.
class ServiceCommandsTest {

  private static final String ID = "01993d5e-0000-7000-8000-000000000001";

  private static final String DEVICE =
      """
      {"id":"%s","endpoint":"node-1","name":"first","tags":{"site":"berlin"},"groups":[],
       "state":"ONLINE","created":"2026-11-22T01:02:03Z","lastContact":"2026-11-22T01:02:03Z",
       "target":"cortex-m4","moduleName":"kws","moduleVersion":"3"}"""
          .formatted(ID);

  private static final String VERSION =
      """
      {"id":"%s","model":"%s","modelName":"kws","number":3,"format":"tflite","sha256":"00","bytes":54123,
       "fileName":"kws.tflite","description":"","labels":{},"aliases":["production"],"modules":2,
       "created":"2026-11-22T01:02:03Z","createdBy":"ann"}"""
          .formatted(ID, ID);

  private static final String ROLLOUT =
      """
      {"id":"%s","name":"kws:3","version":"%s","target":{"filter":"name=='*'"},"phase":"%s",%s
       "wave":1,"reason":"%s","waitsFor":[],"counts":%s,"waves":[{"number":1,"name":"","counts":%s}],
       "plan":{},"options":{},"created":"2026-11-22T01:02:03Z","createdBy":"ann"}""";

  @TempDir Path home;

  private final Map<String, Deque<String>> answers = new HashMap<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private String url;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    url = "http://localhost:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  /// The next answer for a method and path; the last is given again and again. `404 {…}` sets the
  /// status.
  private void on(String request, String... texts) {
    answers.put(request, new ArrayDeque<>(List.of(texts)));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String name = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      asked.add(
          exchange.getRequestMethod()
              + " "
              + exchange.getRequestURI()
              + (body.isEmpty() ? "" : " " + body));
      String text;
      synchronized (answers) {
        Deque<String> queue =
            answers.getOrDefault(
                name,
                new ArrayDeque<>(
                    List.of("404 {\"code\":\"MOTE-8002\",\"detail\":\"there is nothing here\"}")));
        text = queue.size() > 1 ? queue.remove() : queue.getFirst();
      }
      boolean hasStatus = text.matches("(?s)\\d{3} .*");
      byte[] bytes = (hasStatus ? text.substring(4) : text).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(
          hasStatus ? Integer.parseInt(text.substring(0, 3)) : 200,
          bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Run run(Map<String, String> variables, String in, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings around =
        new Surroundings(
            variables, home, new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)));
    int exitCode = Mote.run(out, err, around, args);
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Run mote(String... args) {
    return run(Map.of("MOTE_URL", url, "MOTE_TOKEN", "t"), "", args);
  }

  private static String page(String... items) {
    return "{\"items\":[" + String.join(",", items) + "]}";
  }

  private static String rollout(String phase, String reason, int succeeded, int failed) {
    String counts =
        "{\"waiting\":%d,\"running\":0,\"succeeded\":%d,\"failed\":%d,\"skipped\":0,\"returning\":0,\"goingBack\":0,\"returned\":0,\"notReturned\":0}"
            .formatted(4 - succeeded - failed, succeeded, failed);
    String stage = phase.equals("RUNNING") ? "\"stage\":\"UPDATING\"," : "";
    return ROLLOUT.formatted(ID, ID, phase, stage, reason, counts, counts);
  }

  @Test
  void devicesAreATable() {
    on("GET /v1/devices", page(DEVICE));
    Run run = mote("devices", "list", "--filter", "tag.site==berlin");
    assertThat(run.out().lines())
        .first()
        .asString()
        .matches("device +state +heard +target +module +tags");
    assertThat(run.out()).containsPattern("first +ONLINE .* cortex-m4 +kws 3 +site=berlin\n");
    assertThat(asked.getFirst()).contains("filter=tag.site%3D%3Dberlin");
  }

  @Test
  void aNameThatSeveralDevicesHaveIsNotGuessed() {
    on("GET /v1/devices", page(DEVICE, DEVICE.replace("node-1", "node-2")));
    Run run = mote("devices", "why", "first");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-8622 first: several devices are called so
              Fix: give one of node-1, node-2.
            """);
  }

  @Test
  void valuesKeepTheirTypes() {
    String request =
        """
        {"id":"%s","state":"ENDED","request":{},"by":"ann","created":"2026-11-22T01:02:03Z",
         "expires":"2026-11-23T01:02:03Z","ended":"2026-11-22T01:02:04Z","answer":{"outcome":"DONE"}}"""
            .formatted(ID);
    on("POST /v1/devices/" + ID + "/requests", request);
    mote("devices", "write", ID, "/1/0/1", "30");
    mote("devices", "write", ID, "/1/0/1", "\"30\"");
    Run run = mote("devices", "write", ID, "/1/0/7", "U");
    assertThat(run.out()).isEqualTo("outcome  DONE\n");
    assertThat(asked.get(0)).contains("\"value\":30");
    assertThat(asked.get(1)).contains("\"value\":\"30\"");
    assertThat(asked.get(2)).contains("\"value\":\"U\"");
  }

  @Test
  void aRefusalNamesTheFieldsOnce() {
    on(
        "POST /v1/devices",
        """
        400 {"detail":"endpoint: is too long","code":"MOTE-8001","fix":"correct it.",
             "errors":[{"field":"endpoint","message":"is too long"},
                       {"field":"name","message":"is missing"}]}""");
    Run run = mote("devices", "add", "n");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-8001 service: endpoint: is too long
              name: is missing
              Fix: correct it.
            """);
  }

  @Test
  void aFailureOfTheServiceIsADefect() {
    on(
        "GET /v1/models",
        "500 {\"detail\":\"unexpected\",\"code\":\"MOTE-8099\",\"incident\":\"i7\"}");
    Run run = mote("models", "list");
    assertThat(run.exitCode()).isEqualTo(70);
    assertThat(run.err()).contains("MOTE-8099 service: unexpected (incident i7)");
  }

  @Test
  void watchPrintsALineForEachChange() {
    on("GET /v1/events", "retry: 2000\n\n" + (event() + event() + event()));
    on(
        "GET /v1/rollouts/" + ID,
        rollout("RUNNING", "", 0, 0),
        rollout("RUNNING", "", 2, 0),
        rollout("RUNNING", "", 2, 0),
        rollout("SUCCEEDED", "all devices are through", 4, 0));
    Run run = mote("rollout", "watch", ID);
    assertThat(run.out())
        .isEqualTo(
            """
            RUNNING UPDATING  wave 1 of 1  0 of 4 done
            RUNNING UPDATING  wave 1 of 1  2 of 4 done
            SUCCEEDED  wave 1 of 1  4 of 4 done  (all devices are through)
            """);
    assertThat(run.exitCode()).isZero();
    // The stream is opened before the first look.
    assertThat(asked.getFirst())
        .startsWith("GET /v1/events?")
        .contains("kind=rollout")
        .contains("subject=" + ID);
  }

  private static String event() {
    return """
        id: 1
        data: {"kind":"rollout.progress","subject":"%s","time":"2026-11-22T01:02:03Z","content":{}}

        """
        .formatted(ID);
  }

  @Test
  void aRolloutThatFailedIsNoSuccess() throws IOException {
    on("GET /v1/events", ":\n\n");
    on("GET /v1/rollouts/" + ID, rollout("FAILED", "too many failed", 1, 3));
    Run run = mote("rollout", "watch", ID, "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.jsonObject()).containsEntry("phase", "FAILED");
    assertThat(run.err()).startsWith("MOTE-8623 kws:3: the rollout ended FAILED: too many failed");
  }

  @Test
  void optionsBecomeAPlan() throws IOException {
    on("GET /v1/models/kws/versions", page(VERSION));
    on("GET /v1/versions/" + ID, VERSION);
    on(
        "POST /v1/rollouts/dry-run",
        """
        {"devices":4,"there":3,"unknown":1,"waves":[1,3],"some":["first"],
         "builds":[{"facts":{"target":"cortex-m4"},"devices":3,"fits":false,"target":"cortex-m4",
                    "explanation":["the arena is larger than what is free"]}]}""");
    Path file = Files.writeString(home.resolve("p.json"), "{\"atOnce\":7,\"name\":\"n\"}");
    Run run =
        mote(
            "rollout",
            "plan",
            "kws:3",
            "--filter",
            "name=='*'",
            "--wave",
            "1",
            "--wave",
            "12.5%",
            "--soak",
            "2h",
            "--most-errors",
            "5%",
            "--approval",
            "--file",
            file.toString());
    assertThat(run.out())
        .isEqualTo(
            """
            4 devices: 3 can be spoken to, 1 have not said what they are
            wave 1: 1
            wave 2: 3
            devices  target     compiler  fits  module
                  3  cortex-m4         -  no    to be built
              the arena is larger than what is free
            """);
    assertThat(asked.getLast())
        .isEqualTo(
            "POST /v1/rollouts/dry-run {\"atOnce\":7,\"name\":\"n\",\"version\":\"%s\",\"target\":{\"filter\":\"name=='*'\"},\"waves\":[{\"devices\":1,\"soak\":\"PT2H\"},{\"percent\":12.5,\"soak\":\"PT2H\"}],\"errors\":{\"percent\":5.0},\"approval\":true}"
                .formatted(ID));
  }

  @ParameterizedTest
  @CsvSource({"--wave, many, --wave", "--soak, soon, --soak", "--file, nowhere.json, nowhere.json"})
  void aBadPlanIsSaidToBe(String option, String value, String where) {
    on("GET /v1/versions/" + ID, VERSION);
    Run run = mote("rollout", "create", ID, "--filter", "a", option, value);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("MOTE-8624 " + where + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "approve", "pause", "resume", "abort", "rollback"})
  void whatCanBeDoneToARolloutIsAnAddress(String verb) {
    on("POST /v1/rollouts/" + ID + "/" + verb, rollout("RUNNING", "", 0, 0));
    assertThat(mote("rollout", verb, ID).out()).startsWith("kws:3  RUNNING UPDATING");
  }

  @Test
  void aBuildThatFailedSaysWhy() {
    on(
        "GET /v1/models/kws/aliases/production",
        "{\"name\":\"production\",\"version\":\"%s\",\"number\":3,\"moved\":\"2026-11-22T01:02:03Z\",\"movedBy\":\"ann\"}"
            .formatted(ID));
    on("GET /v1/versions/" + ID, VERSION);
    String part =
        "{\"devices\":0,\"facts\":{\"target\":\"stm32f103\"},\"build\":{\"build\":\"%s\",\"state\":\"%s\",%s\"explanation\":[]}}";
    String compilation =
        "{\"id\":\"%s\",\"version\":\"%s\",\"options\":{},\"created\":\"2026-11-22T01:02:03Z\",\"createdBy\":\"a\",\"ended\":%s,\"builds\":[%s]}";
    on(
        "POST /v1/compilations",
        "202 " + compilation.formatted(ID, ID, "false", part.formatted(ID, "RUNNING", "")));
    on(
        "GET /v1/compilations/" + ID,
        compilation.formatted(
            ID,
            ID,
            "true",
            part.formatted(
                ID,
                "FAILED",
                "\"code\":\"MOTE-8201\",\"failure\":\"nothing fits\",\"fix\":\"take a smaller model.\",")));
    Run run = mote("build", "kws@production", "--target", "stm32f103");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("stm32f103").contains("FAILED");
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-8623 kws@production: 1 of 1 builds failed; MOTE-8201 nothing fits
              Fix: take a smaller model.
            """);
  }

  @Test
  void aTokenFromStandardInputIsStoredForItsOwnerAlone() throws IOException {
    on(
        "GET /v1/me",
        "{\"id\":\"%s\",\"name\":\"ann\",\"tenant\":\"%s\",\"tenantName\":\"default\",\"roles\":[\"VIEWER\"],\"system\":false}"
            .formatted(ID, ID));
    Run run = run(Map.of(), "s3cret\n", "login", url, "--token-stdin", "--json");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out() + run.err()).doesNotContain("s3cret");
    Path file = home.resolve(".config/mote/credentials");
    assertThat(Files.readString(file)).contains("s3cret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    on("GET /v1/models", page());
    assertThat(run(Map.of(), "", "models", "list").exitCode()).isZero();
    // A stored token goes to no other service.
    Run elsewhere = run(Map.of("MOTE_URL", "http://localhost:1"), "", "models", "list");
    assertThat(elsewhere.err()).startsWith("MOTE-8620 service: no token is known");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(run(Map.of(), "", "models", "list").err())
        .startsWith("MOTE-8621 " + file + ": others than you can read it");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(run(Map.of(), "", "logout").out()).isEqualTo("logged out of " + url + "\n");
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "54123, 54.1 kB",
    "999949, 999.9 kB",
    "999950, 1.0 MB",
    "268435456, 268.4 MB"
  })
  void sizesAreReadable(long bytes, String text) {
    assertThat(Readable.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"models", "modules", "devices", "rollout", "jobs"})
  void aGroupOfCommandsHasHelpAndNeedsOneOfThem(String group) {
    assertThat(Run.of(group, "--help").out()).startsWith("Usage: mote " + group + " ");
    Run run = Run.of(group);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("Help: mote " + group + " --help");
    assertThat(Run.of("completion").out()).contains("_picocli_mote_" + group);
  }
}
