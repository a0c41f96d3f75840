package dev.mote.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A model: a name for versions of a file.
///
/// @param versions how many there are
/// @param aliases name → number of the version
public record Model(
    UUID id,
    String name,
    String description,
    List<String> tags,
    int versions,
    Map<String, Integer> aliases,
    Instant created,
    String createdBy,
    Instant changed) {}
