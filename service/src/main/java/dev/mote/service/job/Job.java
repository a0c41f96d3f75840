package dev.mote.service.job;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A job as it is shown.
///
/// @param progress per cent
/// @param progressText what it is at
/// @param attempts how often it was started
/// @param failure why it failed, in words
/// @param result what its handler left
/// @param logLines lines written to its log, kept or not
public record Job(
    UUID id,
    UUID tenant,
    String kind,
    String title,
    JobState state,
    JsonNode subject,
    int progress,
    String progressText,
    int attempts,
    boolean cancelAsked,
    Optional<String> failure,
    Optional<JsonNode> result,
    long logLines,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> ended) {}
