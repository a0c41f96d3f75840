package dev.mote.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.mote.service.TestService;
import dev.mote.service.TestService.Answer;
import dev.mote.service.TestService.Client;
import dev.mote.service.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class LoginTest {

  private static final TestService SERVICE = TestService.shared();

  private static Map<String, Object> login(String tenant, String password) {
    return Map.of("tenant", tenant, "user", "admin", "password", password);
  }

  @Test
  void wrongPasswordsAreRefusedAndThenSlowedDown() {
    SERVICE.tenant("slow");
    Client nobody = SERVICE.nobody();
    for (int i = 0; i < 10; i++) {
      nobody.post("/v1/sessions", login("slow", "wrong password")).expectProblem(401, 8012);
    }
    Answer refused = nobody.post("/v1/sessions", login("slow", TestService.PASSWORD));
    refused.expectProblem(429, 8013);
    assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(60, 900);
    // One user's failures are not another's.
    nobody.post("/v1/sessions", login("default", TestService.PASSWORD)).expect(201);
  }

  @Test
  void whetherThereIsAUserIsNotTold() {
    Client nobody = SERVICE.nobody();
    String unknown = nobody.post("/v1/sessions", login("nowhere", "x")).expect(401).text();
    SERVICE.tenant("known");
    assertThat(nobody.post("/v1/sessions", login("known", "x")).expect(401).text())
        .isEqualTo(unknown);
  }

  @Test
  void aBrowsersSessionNeedsItsHeaderToChangeAnything() {
    SERVICE.tenant("browser");
    Answer in =
        SERVICE
            .nobody()
            .post(
                "/v1/sessions",
                Map.of(
                    "tenant",
                    "browser",
                    "user",
                    "admin",
                    "password",
                    TestService.PASSWORD,
                    "cookie",
                    true))
            .expect(201);
    assertThat(in.json().has("token")).isFalse();
    List<String> set = in.headers("Set-Cookie");
    String session = cookie(set, "mote_session");
    assertThat(set.getFirst()).contains("HttpOnly", "SameSite=Strict", "Path=/");
    Client browser = SERVICE.nobody().with("Cookie", "mote_session=" + session);
    browser.get("/v1/me").expect(200);
    Map<String, Object> token = Map.of("name", "x", "roles", List.of("VIEWER"));
    browser.post("/v1/tokens", token).expectProblem(403, 8014);
    browser.with("X-Mote-CSRF", "wrong").post("/v1/tokens", token).expectProblem(403, 8014);
    Client page = browser.with("X-Mote-CSRF", cookie(set, "mote_csrf"));
    page.post("/v1/tokens", token).expect(201);
    assertThat(page.delete("/v1/sessions/current").expect(204).headers("Set-Cookie").getFirst())
        .contains("Max-Age=0");
    browser.get("/v1/me").expectProblem(401, 8010);
  }

  private static String cookie(List<String> set, String name) {
    return set.stream()
        .filter(c -> c.startsWith(name + "="))
        .findFirst()
        .orElseThrow()
        .replaceAll("^[^=]*=([^;]*);.*", "$1");
  }

  @Test
  void aTokenMayDoWhatItsRolesAndItsUsersSayUntilItIsRevoked() {
    Client admin = SERVICE.tenant("tokens");
    Client developer = SERVICE.user(admin, "dora", "DEVELOPER");
    developer
        .post("/v1/tokens", Map.of("name", "more", "roles", List.of("OPERATOR")))
        .expectProblem(403, 8011);
    JsonNode made =
        admin
            .post("/v1/tokens", Map.of("name", "ci", "roles", List.of("DEVELOPER")))
            .expect(201)
            .json();
    String id = made.get("token").get("id").asString();
    Client token =
        SERVICE.nobody().with("Authorization", "Bearer " + made.get("secret").asString());
    assertThat(token.get("/v1/me").json().get("roles").toString())
        .isEqualTo("[\"VIEWER\",\"DEVELOPER\"]");
    token.get("/v1/users").expectProblem(403, 8011);
    assertThat(admin.get("/v1/tokens/" + id).json().has("lastUse")).isTrue();
    // Those of others cannot be seen, except by administrators.
    developer.get("/v1/tokens/" + id).expectProblem(404, 8002);
    admin.delete("/v1/tokens/" + id).expect(204);
    token.get("/v1/me").expectProblem(401, 8010);
  }

  @Test
  void expiredTokensAndDisabledUsersAreNotLetIn() {
    Client admin = SERVICE.tenant("expiry");
    JsonNode made =
        admin
            .post("/v1/tokens", Map.of("name", "old", "roles", List.of("VIEWER")))
            .expect(201)
            .json();
    SERVICE
        .bean(JdbcClient.class)
        .sql("update pass set expires = now() - interval '1 second' where id = ?::uuid")
        .param(made.get("token").get("id").asString())
        .update();
    SERVICE
        .nobody()
        .with("Authorization", "Bearer " + made.get("secret").asString())
        .get("/v1/me")
        .expectProblem(401, 8010);
    Client leaver = SERVICE.user(admin, "leaver", "VIEWER");
    String id = leaver.get("/v1/me").json().get("id").asString();
    admin.patch("/v1/users/" + id, Map.of("disabled", true)).expect(200);
    leaver.get("/v1/me").expectProblem(401, 8010);
  }

  @Test
  void aNewPasswordEndsSessionsAndTheLastAdministratorStays() {
    Client admin = SERVICE.tenant("rules");
    String self = admin.get("/v1/me").json().get("id").asString();
    admin.delete("/v1/users/" + self).expectProblem(409, 8032);
    admin.patch("/v1/users/" + self, Map.of("roles", List.of("VIEWER"))).expectProblem(409, 8032);
    Client user = SERVICE.user(admin, "paul", "VIEWER");
    String id = user.get("/v1/me").json().get("id").asString();
    user.put("/v1/users/" + id + "/password", Map.of("password", "a new password"))
        .expectProblem(401, 8012);
    user.put(
            "/v1/users/" + id + "/password",
            Map.of("former", TestService.PASSWORD, "password", "short"))
        .expectProblem(400, 8033);
    user.put(
            "/v1/users/" + id + "/password",
            Map.of("former", TestService.PASSWORD, "password", "a new password"))
        .expect(204);
    user.get("/v1/me").expectProblem(401, 8010);
    user.put("/v1/users/" + self + "/password", Map.of("password", "a new password"))
        .expectProblem(401, 8010);
    admin.patch("/v1/users/" + self, Map.of("system", true)).expectProblem(403, 8011);
    admin
        .post(
            "/v1/users",
            Map.of("name", "paul", "password", TestService.PASSWORD, "roles", List.of("VIEWER")))
        .expectProblem(409, 8031);
  }

  @Test
  void quotasHoldAndAreGivenBack() {
    Client admin = SERVICE.tenant("quotas");
    String tenant = admin.get("/v1/me").json().get("tenant").asString();
    SERVICE.admin().put("/v1/tenants/" + tenant + "/quotas/TOKENS", Map.of("limit", 1)).expect(200);
    admin
        .put("/v1/tenants/" + tenant + "/quotas/TOKENS", Map.of("limit", 9))
        .expectProblem(403, 8011);
    Map<String, Object> token = Map.of("name", "x", "roles", List.of("VIEWER"));
    String id =
        admin.post("/v1/tokens", token).expect(201).json().get("token").get("id").asString();
    admin.post("/v1/tokens", token).expectProblem(403, 8030);
    admin.delete("/v1/tokens/" + id).expect(204);
    admin.post("/v1/tokens", token).expect(201);
    Quotas quotas = SERVICE.bean(Quotas.class);
    UUID of = UUID.fromString(tenant);
    quotas.take(of, Quota.JOBS_AT_ONCE, 999);
    assertThatThrownBy(() -> quotas.take(of, Quota.JOBS_AT_ONCE, 2))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.status().value()).isEqualTo(429));
    assertThatThrownBy(() -> quotas.take(of, Quota.MODELS, 1_000_000)).isInstanceOf(Problem.class);
  }

  @Test
  void theAuditLogIsFilteredAndCannotBeChanged() {
    Client admin = SERVICE.tenant("audited");
    SERVICE.user(admin, "anna", "VIEWER");
    String id =
        admin
            .post("/v1/tokens", Map.of("name", "x", "roles", List.of("VIEWER")))
            .json()
            .get("token")
            .get("id")
            .asString();
    admin.delete("/v1/tokens/" + id).expect(204);
    assertThat(actions(admin, "")).containsExactly("token.revoke", "token.add", "user.add");
    assertThat(actions(admin, "?action=token")).containsExactly("token.revoke", "token.add");
    assertThat(actions(admin, "?object=token/" + id + "&action=token.add")).hasSize(1);
    assertThat(actions(admin, "?to=2001-01-01T00:00:00Z")).isEmpty();
    assertThatThrownBy(
            () ->
                SERVICE.bean(JdbcClient.class).sql("delete from audit where action = 'x'").update())
        .isInstanceOf(DataAccessException.class)
        .hasMessageContaining("append only");
  }

  private static List<String> actions(Client client, String query) {
    List<String> found = new ArrayList<>();
    client
        .get("/v1/audit" + query)
        .expect(200)
        .json()
        .get("items")
        .forEach(entry -> found.add(entry.get("action").asString()));
    return found;
  }

  @Test
  void secretsOpenOnlyForTheirPurpose() {
    Secrets secrets = SERVICE.bean(Secrets.class);
    byte[] sealed = secrets.seal("psk/1", new byte[] {1, 2, 3});
    assertThat(secrets.open("psk/1", sealed)).containsExactly(1, 2, 3);
    assertThat(secrets.seal("psk/1", new byte[] {1, 2, 3})).isNotEqualTo(sealed);
    assertThatThrownBy(() -> secrets.open("psk/2", sealed)).isInstanceOf(Problem.class);
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> secrets.open("psk/1", sealed)).isInstanceOf(Problem.class);
  }

  /// With everything logged that can be: by the service, by Spring, by the web server, by the
  /// driver.
  @Test
  void secretsAreNeverLogged() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    List<Logger> loud =
        List.of(
            (Logger) LoggerFactory.getLogger("dev.mote"),
            (Logger) LoggerFactory.getLogger("org.springframework.security"),
            (Logger) LoggerFactory.getLogger("org.springframework.web"));
    String secret;
    try {
      loud.forEach(logger -> logger.setLevel(Level.DEBUG));
      Client admin = SERVICE.tenant("logged");
      secret =
          admin
              .with("Idempotency-Key", "logged")
              .post("/v1/tokens", Map.of("name", "x", "roles", List.of("VIEWER")))
              .expect(201)
              .json()
              .get("secret")
              .asString();
      SERVICE.nobody().with("Authorization", "Bearer " + secret).get("/v1/me").expect(200);
      SERVICE
          .nobody()
          .post("/v1/sessions", "{\"user\": \"admin\", \"password\": 1" + TestService.PASSWORD);
      SERVICE
          .nobody()
          .post("/v1/sessions", login("logged", "wrong " + TestService.PASSWORD))
          .expect(401);
    } finally {
      loud.forEach(logger -> logger.setLevel(null));
      root.detachAppender(log);
    }
    assertThat(log.list).hasSizeGreaterThan(20);
    for (ILoggingEvent event : List.copyOf(log.list)) {
      assertThat(event.getFormattedMessage())
          .doesNotContain(TestService.PASSWORD, secret, "Bearer mote_");
    }
  }
}
