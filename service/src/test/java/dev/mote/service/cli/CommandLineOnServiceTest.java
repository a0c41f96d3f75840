package dev.mote.service.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.cli.Mote;
import dev.mote.cli.Surroundings;
import dev.mote.client.Event;
import dev.mote.client.EventStream;
import dev.mote.client.MoteClient;
import dev.mote.service.TestService;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole way from `mote login` to a rollout, against the service itself.
class CommandLineOnServiceTest {

  private static final Path MODEL =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("testkit/src/test/resources/classical/onnx_iris_layers.onnx");

  private static TestService service;

  @TempDir Path home;

  @BeforeAll
  static void start() {
    service = TestService.start("--mote.registry.isolated-check=false");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private record Ran(int exitCode, String out, String err) {
    JsonNode json() {
      return new JsonMapper().readTree(out);
    }
  }

  private Ran mote(String in, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings around =
        new Surroundings(
            Map.of(), home, new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)));
    int exitCode = Mote.run(out, err, around, args);
    return new Ran(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Ran ok(String... args) {
    Ran ran = mote("", args);
    assertThat(ran.exitCode()).as(String.join(" ", args) + "\n" + ran.err()).isZero();
    return ran;
  }

  @Test
  void theWholeWayFromLoginToARollout() throws IOException {
    Ran login = mote(TestService.PASSWORD + "\n", "login", service.address());
    assertThat(login.err()).isEmpty();
    assertThat(login.out())
        .startsWith("logged in to " + service.address() + " as admin of default (")
        .contains("ADMIN");
    Path credentials = home.resolve(".config/mote/credentials");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(credentials)))
        .isEqualTo("rw-------");
    assertThat(login.out() + login.err()).doesNotContain(token(credentials));

    Ran upload = ok("models", "upload", "iris", MODEL.toString(), "--alias", "production");
    assertThat(upload.out()).startsWith("iris:1 is new  onnx, ").contains("\nid ");
    assertThat(upload.err()).contains("model 'iris' is new");
    assertThat(ok("models", "upload", "iris", MODEL.toString()).out())
        .startsWith("iris:1 was there already");
    assertThat(ok("models", "list").out()).contains("iris").contains("production:1");
    assertThat(ok("models", "show", "iris").out()).contains("onnx_iris_layers.onnx");
    assertThat(ok("models", "show", "iris@production", "--json").json().get("number").asInt())
        .isEqualTo(1);
    assertThat(ok("models", "lineage", "iris").out()).startsWith("model iris");

    Ran added = ok("devices", "add", "node-1", "--tag", "site=berlin", "--json");
    assertThat(added.json().get("key").asString()).hasSize(32);
    assertThat(ok("devices", "add", "node-2", "--key-file", home.resolve("k").toString()).out())
        .contains("key       in ");
    assertThat(ok("devices", "add", "node-4", "--bootstrap", "--identity", "factory-4").out())
        .contains("identity  factory-4");
    assertThat(ok("devices", "why", "node-4").out())
        .contains("PSK 'factory-4' at the bootstrap server");
    Path list = Files.writeString(home.resolve("d.csv"), "endpoint,name\nnode-3,third\nnode-1,x\n");
    Ran imported = mote("", "devices", "import", list.toString());
    assertThat(imported.exitCode()).isEqualTo(1);
    assertThat(imported.err()).contains("1 entered, 1 refused");
    assertThat(ok("devices", "tag", "node-3", "site=bonn", "floor=2").out())
        .isEqualTo("third  floor=2 site=bonn\n");
    assertThat(ok("devices", "list", "--filter", "tag.site==berlin").out())
        .contains("node-1  NEVER_SEEN")
        .doesNotContain("third");
    assertThat(ok("devices", "show", "third").out()).contains("NEVER_SEEN");
    assertThat(ok("devices", "why", "node-1").out()).startsWith("node-1 is NEVER_SEEN\n  ");
    assertThat(ok("devices", "read", "node-1", "/3/0/9", "--wait", "0").err())
        .startsWith("No answer yet");

    Ran plan = ok("rollout", "plan", "iris@production", "--filter", "tag.site==berlin");
    assertThat(plan.out())
        .startsWith("1 device: 0 can be spoken to, 1 have not said what they are");
    Ran rollout =
        ok(
            "rollout",
            "create",
            "iris:1",
            "--filter",
            "tag.site==berlin",
            "--wave",
            "1",
            "--wave",
            "100%",
            "--soak",
            "30m",
            "--most-errors",
            "5%",
            "--json");
    String id = rollout.json().get("id").asString();
    assertThat(rollout.json().get("name").asString()).isEqualTo("iris:1");
    assertThat(ok("rollout", "abort", id).out()).contains("ABORTED");
    Ran watched = mote("", "rollout", "watch", id);
    assertThat(watched.exitCode()).isEqualTo(1);
    assertThat(watched.out()).contains("ABORTED");
    assertThat(watched.err()).contains("MOTE-8623 iris:1: the rollout ended ABORTED");
    assertThat(ok("rollout", "list").out()).contains("iris:1").contains("ABORTED");
    ok("rollout", "show", id, "--devices");

    assertThat(ok("build", "iris", "--target", "cortex-m4", "--plan").out()).contains("cortex-m4");
    assertThat(ok("jobs", "list").out()).startsWith("state");
    ok("modules", "list", "--model", "iris");
    ok("devices", "delete", "node-2");
    ok("logout");
    Ran out = mote("", "models", "list");
    assertThat(out.exitCode()).isEqualTo(1);
    assertThat(out.err()).startsWith("MOTE-8620 service: no service is known");
  }

  private static String token(Path credentials) throws IOException {
    return new JsonMapper().readTree(Files.readString(credentials)).get("token").asString();
  }

  @Test
  void aWrongPasswordAndAWrongNameAreSaidToBe() {
    Ran login = mote("no\n", "login", service.address(), "--user", "nobody");
    assertThat(login.exitCode()).isEqualTo(1);
    assertThat(login.err()).startsWith("MOTE-8012 service: tenant, user or password is wrong");
    mote(TestService.PASSWORD + "\n", "login", service.address());
    assertThat(mote("", "models", "show", "nothing").err()).startsWith("MOTE-8002 service:");
    assertThat(mote("", "devices", "why", "nothing").err()).startsWith("MOTE-8622 nothing:");
    assertThat(mote("", "devices", "list", "--filter", "state=ONLINE").exitCode()).isEqualTo(1);
  }

  @Test
  void aWatcherInJavaSeesWhatHappens() {
    MoteClient mote =
        MoteClient.at(URI.create(service.address())).withToken(service.admin().token());
    try (EventStream events = mote.events(List.of("model"), List.of())) {
      mote.models().add("watched", "", List.of("t"));
      Event first = events.stream().findFirst().orElseThrow();
      assertThat(first.kind()).startsWith("model.");
      mote.models().delete("watched");
      try (EventStream later = mote.events(List.of(), List.of(), Optional.of(first.id()))) {
        assertThat(later.stream().findFirst().orElseThrow().kind()).startsWith("model.");
      }
    }
    for (int i = 0; i < 105; i++) {
      mote.models().add("many-" + i, "", List.of("many"));
    }
    assertThat(mote.models().list(Optional.of("many"))).hasSize(105);
  }
}
