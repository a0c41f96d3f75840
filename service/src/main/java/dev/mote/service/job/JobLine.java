package dev.mote.service.job;

import java.time.Instant;

/// A line of a job's log.
///
/// @param line its number, from 1
public record JobLine(long line, Instant at, String text) {}
