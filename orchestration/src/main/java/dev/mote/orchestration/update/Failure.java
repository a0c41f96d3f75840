package dev.mote.orchestration.update;

/// A failed attempt.
///
/// @param kind what to do about it
/// @param what a sentence for people
public record Failure(FailureClass kind, String what) {}
