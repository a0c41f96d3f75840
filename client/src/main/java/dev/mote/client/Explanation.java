package dev.mote.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Why a device is where it is.
///
/// @param words sentences, the most important first
/// @param update how far its latest update is; empty if there was none
/// @param waiting requests that wait for it
public record Explanation(
    String state,
    Optional<Instant> lastContact,
    Optional<Instant> registeredUntil,
    Optional<String> address,
    List<String> words,
    Map<String, Object> update,
    List<Map<String, Object>> waiting) {}
