package dev.mote.service.registry;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A module that was made of a version.
///
/// @param compiler name of what made it
/// @param sha256 of the signed file; its name among the artifacts
/// @param sequence of the module file: devices take none that is lower than what they have
/// @param identity UUID text of the module file: what a newer one replaces on a device
/// @param report of the build
public record Module(
    UUID id,
    UUID tenant,
    UUID version,
    String target,
    String compiler,
    String sha256,
    long bytes,
    long sequence,
    String identity,
    JsonNode report) {}
