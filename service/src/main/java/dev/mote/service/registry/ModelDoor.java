package dev.mote.service.registry;

import dev.mote.builder.IsolatedBuilder;
import dev.mote.builder.ModelCheck;
import dev.mote.ir.Blob;
import dev.mote.service.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Looks at every model before it is let in. A file that cannot be compiled for anything stays
/// outside, and its sender reads everything that is wrong with it.
@Component
class ModelDoor {

  private static final int MOST_ISSUES = 100;

  /// What a model was read as, and what was found.
  record Admitted(String format, JsonNode report) {}

  private final RegistrySettings settings;
  private final JsonMapper json;
  private final Semaphore places;
  private final IsolatedBuilder isolated;

  ModelDoor(RegistrySettings settings, JsonMapper json) {
    this.settings = settings;
    this.json = json;
    this.places = new Semaphore(settings.checksAtOnce(), true);
    this.isolated = new IsolatedBuilder(settings.checkTime(), settings.checkHeap().toBytes());
  }

  /// @throws Problem if it is refused
  Admitted check(byte[] file, String fileName) {
    try {
      if (!places.tryAcquire(settings.checkWait().toMillis(), TimeUnit.MILLISECONDS)) {
        throw RegistryCodes.DOOR_BUSY
            .problem(
                "too many models are being checked at the moment", "upload it again in a minute.")
            .retryAfter(settings.checkWait());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RegistryCodes.DOOR_BUSY.problem("the service is stopping", "upload it again.");
    }
    try {
      return admitted(json.valueToTree(found(Blob.of(file), fileName)), fileName);
    } finally {
      places.release();
    }
  }

  private Object found(Blob file, String fileName) {
    return settings.isolatedCheck()
        ? isolated.check(file, fileName)
        : ModelCheck.of(file.toByteArray(), fileName).json();
  }

  private static Admitted admitted(JsonNode check, String fileName) {
    if (check.path("usable").asBoolean(false)) {
      return new Admitted(check.path("format").asString("unknown"), check);
    }
    List<Problem.FieldError> errors = new ArrayList<>();
    JsonNode issues = check.path("issues");
    for (JsonNode issue : issues) {
      if (errors.size() < MOST_ISSUES) {
        errors.add(
            new Problem.FieldError(
                text(issue, "where"),
                "%s %s. Fix: %s"
                    .formatted(text(issue, "code"), text(issue, "what"), text(issue, "fix"))));
      }
    }
    String what =
        issues.size() == 1
            ? "'%s' is refused: %s".formatted(fileName, text(issues.get(0), "what"))
            : "'%s' is refused for %d reasons".formatted(fileName, issues.size());
    throw RegistryCodes.MODEL_REFUSED
        .problem(what, "mend what 'errors' lists and upload it again.")
        .with(errors);
  }

  private static String text(JsonNode issue, String field) {
    return issue.path(field).asString("");
  }
}
