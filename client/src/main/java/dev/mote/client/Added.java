package dev.mote.client;

/// Something that was added, or that was there already.
///
/// @param isNew whether this request added it
public record Added<T>(T value, boolean isNew) {}
