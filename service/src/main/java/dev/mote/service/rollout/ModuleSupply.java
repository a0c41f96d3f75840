package dev.mote.service.rollout;

import dev.mote.builder.DeviceFacts;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Role;
import dev.mote.service.compilation.BuildResult;
import dev.mote.service.http.Problem;
import dev.mote.service.registry.Module;
import dev.mote.service.rollout.ModuleRows.Built;
import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.Phase;
import dev.mote.service.rollout.machine.Stage;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.dao.TransientDataAccessException;

/// The modules that a rollout sends, within one step of it: asked for as facts come up, given to
/// the devices that they fit, and made again for those that go back.
final class ModuleSupply {

  private final RolloutParts parts;
  private final Rollout rollout;
  private final UUID id;
  private final Instant now;
  private final WaveCounts counts;
  private boolean refused;

  ModuleSupply(RolloutParts parts, Rollout rollout, Instant now, WaveCounts counts) {
    this.parts = parts;
    this.rollout = rollout;
    this.id = rollout.id();
    this.now = now;
    this.counts = counts;
  }

  /// Whether modules could not be asked for now, for want of a quota say.
  boolean isRefused() {
    return refused;
  }

  /// Whether builds are waited for.
  boolean isOpen() {
    return !parts.modules().openBuilds(id).isEmpty();
  }

  /// Asks for modules for facts that came up, and gives those that are there to their devices.
  void supply(Phase phase) {
    Map<String, String> texts = parts.modules().newFacts(id);
    if (!texts.isEmpty() && phase != Phase.STOPPING) {
      Map<DeviceFacts, String> digests = new HashMap<>();
      texts.forEach((digest, text) -> digests.put(facts(text), digest));
      request(digests);
    }
    for (UUID build : parts.modules().openBuilds(id)) {
      parts
          .compilation()
          .result(rollout.tenant(), build)
          .filter(result -> result.state().isEnded())
          .ifPresent(result -> built(build, result));
    }
    parts.modules().giveModules(id);
    counts.move(parts.modules().skipUnbuilt(id, now), DeviceState.SKIPPED);
  }

  private void request(Map<DeviceFacts, String> digests) {
    try {
      parts
          .attempt()
          .executeWithoutResult(
              _ ->
                  parts
                      .compilation()
                      .request(caller(), rollout.version(), digests.keySet(), rollout.options())
                      .forEach(
                          (facts, build) ->
                              parts
                                  .modules()
                                  .building(
                                      id, digests.getOrDefault(facts, facts.digest()), build)));
    } catch (Problem problem) {
      if (rollout.state().stage() == Stage.PREPARING) {
        // Whoever starts it is told.
        throw problem;
      }
      refused = true;
    }
  }

  private void built(UUID build, BuildResult result) {
    Built built = new Built(result.module(), result.failure().orElse("its build was cancelled"));
    parts.modules().built(id, build, built);
    if (built.module().isPresent()) {
      use(built.module().get());
    } else {
      parts
          .rollouts()
          .note(rollout, now, "there is no module for some devices: " + built.failure());
    }
  }

  private void use(UUID module) {
    parts.registry().use(rollout.tenant(), module, "rollout:" + id);
  }

  static DeviceFacts facts(String json) {
    return DeviceFacts.parse(RolloutJson.map(json));
  }

  /// The module that brings back what a device had, or why there is none.
  Built former(String identity, String version) {
    return parts
        .modules()
        .former(id, identity, version)
        .orElseGet(
            () -> {
              Built built = reissued(identity, version);
              parts.modules().former(id, identity, version, built);
              built.module().ifPresent(this::use);
              return built;
            });
  }

  private Built reissued(String identity, String version) {
    Optional<Module> module =
        version.matches("[0-9]{1,18}")
            ? parts.registry().module(rollout.tenant(), identity, Long.parseLong(version))
            : Optional.empty();
    if (module.isEmpty()) {
      return new Built(
          Optional.empty(),
          "the module that it ran (%s, version %s) is not in the registry"
              .formatted(identity, version));
    }
    try {
      return new Built(
          Optional.ofNullable(
              parts
                  .attempt()
                  .execute(_ -> parts.compilation().reissue(rollout.tenant(), module.get().id()))),
          "");
    } catch (TransientDataAccessException e) {
      throw e;
    } catch (RuntimeException e) {
      return new Built(
          Optional.empty(), "the module that it ran cannot be issued again: " + e.getMessage());
    }
  }

  /// The registry need not keep them any more.
  void release() {
    for (UUID module : new HashSet<>(parts.modules().modules(id))) {
      parts.registry().release(rollout.tenant(), module, "rollout:" + id);
    }
  }

  private Caller caller() {
    return new Caller(
        rollout.tenant(),
        rollout.createdBy(),
        rollout.creator(),
        Set.of(Role.DEVELOPER, Role.OPERATOR),
        false);
  }
}
