package dev.mote.client;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A request to a device.
///
/// @param state `WAITING`, `SENT` or `ENDED`
/// @param answer empty while there is none
public record DeviceRequest(
    UUID id,
    String state,
    Map<String, Object> request,
    String by,
    Instant created,
    Instant expires,
    Optional<Instant> ended,
    Map<String, Object> answer) {}
