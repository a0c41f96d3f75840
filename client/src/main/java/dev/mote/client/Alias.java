package dev.mote.client;

import java.time.Instant;
import java.util.UUID;

/// A name that points at a version of a model.
///
/// @param number of the version
public record Alias(String name, UUID version, int number, Instant moved, String movedBy) {}
