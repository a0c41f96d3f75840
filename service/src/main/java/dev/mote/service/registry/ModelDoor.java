package dev.mote.service.registry;

import dev.mote.builder.ModelCheck;
import dev.mote.ir.Diagnostic;
import dev.mote.service.http.Problem;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Looks at every model before it is let in. A file that cannot be compiled for anything stays
/// outside, and
/// its sender reads everything that is wrong with it.
@Component
class ModelDoor {

  private static final int MOST_ISSUES = 100;

  /// What a model was read as, and what was found.
  record Admitted(String format, JsonNode report) {}

  private final RegistrySettings settings;
  private final JsonMapper json;
  private final Semaphore places;

  ModelDoor(RegistrySettings settings, JsonMapper json) {
    this.settings = settings;
    this.json = json;
    this.places = new Semaphore(settings.checksAtOnce(), true);
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
      return admitted(inTime(file, fileName), fileName);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RegistryCodes.DOOR_BUSY.problem("the service is stopping", "upload it again.");
    }
  }

  private ModelCheck inTime(byte[] file, String fileName) throws InterruptedException {
    FutureTask<ModelCheck> check = new FutureTask<>(() -> ModelCheck.of(file, fileName));
    // A check that does not end keeps its place, so that not more than these places are ever lost.
    Thread.ofPlatform()
        .daemon()
        .name("model-check")
        .start(
            () -> {
              try {
                check.run();
              } finally {
                places.release();
              }
            });
    try {
      return check.get(settings.checkTime().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      check.cancel(true);
      throw RegistryCodes.CHECK_TOO_SLOW.problem(
          "'%s' could not be checked within %d s"
              .formatted(fileName, settings.checkTime().toSeconds()),
          "look at it with 'mote inspect', or ask for more time in mote.registry.check-time.");
    } catch (ExecutionException e) {
      throw RegistryCodes.MODEL_REFUSED.problem(
          "'%s' could not be checked: %s".formatted(fileName, e.getCause()),
          "this is a defect of Mote if the model is a usual one: report it with the model.");
    }
  }

  private Admitted admitted(ModelCheck check, String fileName) {
    if (check.isUsable()) {
      return new Admitted(check.format().orElse("unknown"), json.readTree(check.jsonText()));
    }
    List<Diagnostic> issues = check.issues();
    String what =
        issues.size() == 1
            ? "'%s' is refused: %s".formatted(fileName, issues.getFirst().what())
            : "'%s' is refused for %d reasons".formatted(fileName, issues.size());
    throw RegistryCodes.MODEL_REFUSED
        .problem(what, "mend what 'errors' lists and upload it again.")
        .with(
            issues.stream()
                .limit(MOST_ISSUES)
                .map(
                    issue ->
                        new Problem.FieldError(
                            issue.where(),
                            "%s %s. Fix: %s".formatted(issue.label(), issue.what(), issue.fix())))
                .toList());
  }
}
