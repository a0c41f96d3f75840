package dev.mote.client;

import java.util.Map;

/// A device with all that it said of itself.
///
/// @param capabilities what it can do
/// @param facts what decides a build
/// @param said links, doubts, address and the like
public record DeviceDetail(
    Device device,
    Map<String, Object> capabilities,
    Map<String, Object> facts,
    Map<String, Object> said) {}
