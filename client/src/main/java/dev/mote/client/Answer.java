package dev.mote.client;

import dev.mote.client.ServiceProblem.FieldError;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An answer that was not a refusal.
record Answer(URI service, int status, HttpHeaders headers, byte[] content) {

  private static final int LONGEST_PROBLEM = 1024 * 1024;
  private static final int LONGEST_TEXT = 2000;

  <T> T as(Class<T> type) {
    try {
      return Json.read(type, Json.parse(content));
    } catch (Json.Unexpected e) {
      throw bad(service, String.valueOf(e.getMessage()));
    }
  }

  <T> List<T> list(Class<T> type) {
    try {
      return Json.list(type, Json.parse(content));
    } catch (Json.Unexpected e) {
      throw bad(service, String.valueOf(e.getMessage()));
    }
  }

  /// A page of a list.
  ///
  /// @param next cursor of the page that follows
  record Part<T>(List<T> items, Optional<String> next) {}

  private record RawPage(List<Object> items, Optional<String> next) {}

  <T> Part<T> page(Class<T> type) {
    RawPage page = as(RawPage.class);
    try {
      return new Part<>(Json.list(type, page.items()), page.next());
    } catch (Json.Unexpected e) {
      throw bad(service, String.valueOf(e.getMessage()));
    }
  }

  /// An answer of lines, each an object.
  List<Map<String, Object>> lines() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
      if (!line.isBlank()) {
        try {
          all.add(Json.object(line.getBytes(StandardCharsets.UTF_8)));
        } catch (Json.Unexpected e) {
          throw bad(service, String.valueOf(e.getMessage()));
        }
      }
    }
    return all;
  }

  static ServiceProblem bad(URI service, String why) {
    return ServiceProblem.local(
        ClientCodes.BAD_ANSWER,
        "the answer of %s cannot be understood: %s".formatted(service, why),
        "check that the address is that of Mote's service and that both are of the same version.",
        null);
  }

  private record Raw(
      String detail,
      String code,
      Optional<String> fix,
      List<FieldError> errors,
      Optional<String> incident) {}

  /// The problem that an answer is which is no success.
  static ServiceProblem problem(URI service, HttpResponse<?> response) {
    int status = response.statusCode();
    if (status < 400) {
      return ServiceProblem.local(
          ClientCodes.SENT_ELSEWHERE,
          "%s sends elsewhere: %s"
              .formatted(
                  service,
                  shown(response.headers().firstValue("Location").orElse("to no address"))),
          "if you trust that place, use its address; the token was not sent there.",
          null);
    }
    Optional<Duration> retryAfter =
        response
            .headers()
            .firstValue("Retry-After")
            .filter(text -> text.matches("\\d{1,6}"))
            .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    try {
      Raw raw = Json.read(Raw.class, Json.parse(content(response.body())));
      if (raw.code().matches("MOTE-\\d{4}")) {
        return new ServiceProblem(
            Integer.parseInt(raw.code().substring(5)),
            status,
            shown(raw.detail()),
            shown(raw.fix().orElse("see the page of the code.")),
            raw.errors().stream()
                .limit(100)
                .map(field -> new FieldError(shown(field.field()), shown(field.message())))
                .toList(),
            raw.incident().map(Answer::shown),
            retryAfter);
      }
    } catch (Json.Unexpected | IOException _) {
      // Not of the service: of a proxy, or of another program.
    }
    return new ServiceProblem(
        ClientCodes.STRANGER,
        status,
        "%s answers with status %d, and not as Mote's service does".formatted(service, status),
        "check the address; a proxy may stand before the service.",
        List.of(),
        Optional.empty(),
        retryAfter);
  }

  private static byte[] content(Object body) throws IOException {
    return switch (body) {
      case byte[] bytes -> bytes;
      case InputStream in -> {
        try (in) {
          yield in.readNBytes(LONGEST_PROBLEM);
        }
      }
      case Path file -> {
        try (InputStream in = Files.newInputStream(file)) {
          yield in.readNBytes(LONGEST_PROBLEM);
        }
      }
      default -> new byte[0];
    };
  }

  /// What comes from outside is shown without what would steer a terminal.
  static String shown(String text) {
    String cut = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + " …" : text;
    return cut.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "?");
  }

  @Override
  public String toString() {
    return "Answer[" + status + "]";
  }
}
