package dev.mote.service.registry;

import dev.mote.service.access.Caller;
import dev.mote.service.http.Problem;
import dev.mote.service.store.ArtifactTooLarge;
import dev.mote.service.store.Artifacts;
import dev.mote.service.store.Stored;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Takes model files in: stores, checks, adds. No transaction is open while bytes come or are
/// looked at.
@Component
class Uploads {

  /// @param added false if the model had that file already
  record Uploaded(Versions.Version version, boolean added) {}

  private final RegistrySettings settings;
  private final Models models;
  private final Versions versions;
  private final ModelDoor door;
  private final Artifacts artifacts;

  Uploads(
      RegistrySettings settings,
      Models models,
      Versions versions,
      ModelDoor door,
      Artifacts artifacts) {
    this.settings = settings;
    this.models = models;
    this.versions = versions;
    this.door = door;
    this.artifacts = artifacts;
  }

  Uploaded upload(
      Caller caller,
      String idOrName,
      Optional<String> fileName,
      String description,
      InputStream body) {
    List<Problem.FieldError> errors = new ArrayList<>();
    ModelNames.checkText(errors, "description", description, ModelNames.MOST_DESCRIPTION);
    ModelNames.refuse(errors);
    Models.Model model = models.find(caller.tenant(), idOrName);
    String name = ModelNames.fileName(fileName);
    Stored stored = stored(body, name);
    if (stored.bytes() == 0) {
      throw Problem.invalid("body", "is empty; send the model file as body");
    }
    Optional<Versions.Version> there =
        versions.withContent(caller.tenant(), model.id(), stored.sha256());
    if (there.isPresent()) {
      return new Uploaded(there.get(), false);
    }
    ModelDoor.Admitted admitted = door.check(artifacts.bytes(stored.sha256()), name);
    boolean added = versions.add(caller, model.id(), stored, name, description, admitted);
    return new Uploaded(
        versions.withContent(caller.tenant(), model.id(), stored.sha256()).orElseThrow(), added);
  }

  private Stored stored(InputStream body, String name) {
    try {
      return artifacts.put(body, settings.modelLimit().toBytes());
    } catch (ArtifactTooLarge e) {
      throw RegistryCodes.MODEL_TOO_LARGE.problem(
          "'%s' is larger than the %d bytes that a model may have".formatted(name, e.limitBytes()),
          "make the model smaller, or ask for a higher mote.registry.model-limit.");
    }
  }
}
