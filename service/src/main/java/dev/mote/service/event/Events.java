package dev.mote.service.event;

import java.util.Map;
import java.util.UUID;

/// Where to say that something happened. It is told to every watcher of the tenant, in every
/// process of the service, and kept for a while for those that were away.
public interface Events {

  /// Publishes an event as part of the caller's transaction: it is seen when that commits, and only
  /// then.
  ///
  /// @param kind such as `job.progress`
  /// @param subject what it happened to: an id
  /// @param content written as JSON
  void publish(UUID tenant, String kind, String subject, Object content);

  /// Publishes many events of one kind at once.
  ///
  /// @param contents by subject
  default void publishAll(UUID tenant, String kind, Map<String, ?> contents) {
    contents.forEach((subject, content) -> publish(tenant, kind, subject, content));
  }
}
