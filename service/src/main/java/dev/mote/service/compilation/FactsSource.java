package dev.mote.service.compilation;

import dev.mote.builder.DeviceFacts;
import java.util.Map;
import java.util.UUID;

/// Knows the devices of a tenant; a bean of the part of the service that has them.
public interface FactsSource {

  /// The facts of all devices that a filter matches, and how many devices have each.
  ///
  /// @throws dev.mote.service.http.Problem 400 when the filter is wrong
  Map<DeviceFacts, Integer> matching(UUID tenant, String filter);
}
