package dev.mote.client;

import java.time.Instant;

/// A client that is logged in.
///
/// @param client with the session's token
/// @param expires when the session ends
public record Login(MoteClient client, Instant expires, Me me) {}
