package dev.mote.orchestration.bootstrap;

import dev.mote.orchestration.gateway.Peer;

/// How a bootstrap ended.
///
/// @param endpoint name of the device
/// @param success whether the device has said that it is done
/// @param what a sentence for people
public record BootstrapOutcome(String endpoint, Peer peer, boolean success, String what) {}
