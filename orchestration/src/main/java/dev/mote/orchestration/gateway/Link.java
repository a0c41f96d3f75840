package dev.mote.orchestration.gateway;

import java.util.Map;

/// A link of CoRE Link Format, as devices register and discover them.
///
/// @param target as sent: `/3/0`, for instance, or `/` for the device itself
/// @param attributes their values without quotes; empty for attributes without a value
public record Link(String target, Map<String, String> attributes) {
  public Link {
    attributes = Map.copyOf(attributes);
  }
}
