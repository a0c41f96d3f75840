package dev.mote.bench;

import java.util.Comparator;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// What a device told of the module in one slot: resources of object 33458. NaN for what it did not
/// tell.
record SlotTelemetry(double inferences, double label, double score, double selfTest) {

  private static final int SLOTS = 2;
  private static final int INFERENCES = 7;
  private static final int CLASS = 10;
  private static final int SCORE = 11;
  private static final int SELF_TEST = 12;

  /// Of the slot whose module has worked most: the one in use.
  static SlotTelemetry ofBusiest(JsonNode telemetry) {
    return IntStream.range(0, SLOTS)
        .mapToObj(slot -> of(telemetry, slot))
        .max(
            Comparator.comparingDouble(
                told -> Double.isNaN(told.inferences) ? -1 : told.inferences))
        .orElseThrow();
  }

  private static SlotTelemetry of(JsonNode telemetry, int slot) {
    return new SlotTelemetry(
        value(telemetry, slot, INFERENCES),
        value(telemetry, slot, CLASS),
        value(telemetry, slot, SCORE),
        value(telemetry, slot, SELF_TEST));
  }

  private static double value(JsonNode telemetry, int slot, int resource) {
    String path = "/33458/%d/%d".formatted(slot, resource);
    for (JsonNode value : telemetry.get("latest")) {
      if (value.get("path").asString().equals(path) && value.has("value")) {
        return value.get("value").asDouble();
      }
    }
    return Double.NaN;
  }

  boolean hasPassed() {
    return selfTest == 1;
  }
}
