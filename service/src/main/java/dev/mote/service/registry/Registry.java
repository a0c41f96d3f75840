package dev.mote.service.registry;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What the rest of the service asks of models, versions and modules.
public interface Registry {

  Optional<ModelVersion> version(UUID tenant, UUID id);

  /// The version that an alias of a model points at now.
  Optional<ModelVersion> aliased(UUID tenant, UUID model, String alias);

  Optional<Module> module(UUID tenant, UUID id);

  /// The module of that identity with that sequence.
  Optional<Module> module(UUID tenant, String identity, long sequence);

  /// Modules of a version, newest first.
  List<Module> modulesOf(UUID tenant, UUID version);

  /// Adds a module whose file is among the artifacts, in the caller's transaction; it is held from
  /// then on.
  Module addModule(NewModule module);

  /// Says that something needs a module, which cannot be deleted from then on. Twice is once.
  ///
  /// @param usedBy kind and id, such as `rollout:018f…`
  void use(UUID tenant, UUID module, String usedBy);

  /// Says that it does not any more.
  void release(UUID tenant, UUID module, String usedBy);
}
