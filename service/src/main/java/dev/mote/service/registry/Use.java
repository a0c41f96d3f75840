package dev.mote.service.registry;

import java.util.UUID;

/// Something that needs a module.
///
/// @param kind `device`, `rollout`
/// @param name what people call it
public record Use(UUID module, String kind, UUID id, String name) {}
