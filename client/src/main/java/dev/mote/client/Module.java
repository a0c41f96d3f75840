package dev.mote.client;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/// A module that was made of a version.
///
/// @param number of the version
/// @param kind of the payload
/// @param uses how many things use it
/// @param report of the build; empty in lists
public record Module(
    UUID id,
    UUID model,
    String modelName,
    UUID version,
    int number,
    String kind,
    String target,
    String compiler,
    String compilerVersion,
    String factsDigest,
    String sha256,
    long bytes,
    long sequence,
    String identity,
    boolean page,
    int uses,
    Instant created,
    Map<String, Object> options,
    Map<String, Object> facts,
    Map<String, Object> report) {}
