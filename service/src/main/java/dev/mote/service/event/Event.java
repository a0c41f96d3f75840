package dev.mote.service.event;

import java.time.Instant;
import java.util.UUID;

/// Something that happened.
///
/// @param position where it stands among all events
/// @param content JSON text
public record Event(
    Position position, UUID tenant, String kind, String subject, String content, Instant time) {}
