package dev.mote.service.store;

/// What was stored.
///
/// @param sha256 64 hexadecimal digits in lower case
public record Stored(String sha256, long bytes) {}
