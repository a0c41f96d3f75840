package dev.mote.fleet;

import java.util.function.IntFunction;

/// The pre-shared keys of devices, by their index.
///
/// @param identity what a device says in the handshake
/// @param secret of that identity
public record PskKeys(IntFunction<String> identity, IntFunction<byte[]> secret) {}
