package dev.mote.service.mqtt;

import java.util.Optional;
import java.util.regex.Pattern;

/// The topics below the prefix.
///
/// @param prefix first levels of each
record Topics(String prefix) {

  private static final String TELEMETRY = "telemetry";
  private static final String EVENTS = "events";

  /// What is one level of a topic, and no pattern of many.
  private static final Pattern LEVEL = Pattern.compile("[^/+#\\x00]{1,128}");

  /// Whose telemetry a topic is.
  record Source(String tenant, String endpoint) {}

  /// What all processes of the service subscribe to together: each message goes to one of them.
  String subscription() {
    return "$share/mote/" + prefix + "/+/+/" + TELEMETRY;
  }

  /// Whose telemetry it is; empty for other topics.
  Optional<Source> source(String topic) {
    if (!topic.startsWith(prefix + "/")) {
      return Optional.empty();
    }
    String[] levels = topic.substring(prefix.length() + 1).split("/", -1);
    boolean told =
        levels.length == 3
            && levels[2].equals(TELEMETRY)
            && LEVEL.matcher(levels[0]).matches()
            && LEVEL.matcher(levels[1]).matches()
            && !levels[1].equals(EVENTS);
    return told ? Optional.of(new Source(levels[0], levels[1])) : Optional.empty();
  }

  /// Where events of a kind go. None for `telemetry`: it would arrive as telemetry of a device.
  Optional<String> event(String tenant, String kind) {
    return LEVEL.matcher(tenant).matches()
            && LEVEL.matcher(kind).matches()
            && !kind.equals(TELEMETRY)
        ? Optional.of(prefix + "/" + tenant + "/" + EVENTS + "/" + kind)
        : Optional.empty();
  }

  /// Where the last state of a device is kept.
  Optional<String> state(String tenant, String endpoint) {
    return LEVEL.matcher(tenant).matches()
            && LEVEL.matcher(endpoint).matches()
            && !endpoint.equals(EVENTS)
        ? Optional.of(prefix + "/" + tenant + "/" + endpoint + "/state")
        : Optional.empty();
  }
}
