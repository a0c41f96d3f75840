package dev.mote.client;

import java.time.Instant;
import java.util.Map;

/// Something that happened in the service.
///
/// @param id to go on after it
/// @param kind such as `job.progress`; `lost` when events in between are no longer kept: what is
///     shown is to be asked for anew
/// @param subject id of what it happened to
public record Event(
    String id, String kind, String subject, Instant time, Map<String, Object> content) {}
