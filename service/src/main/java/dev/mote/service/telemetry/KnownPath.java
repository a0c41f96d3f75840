package dev.mote.service.telemetry;

import dev.mote.orchestration.object.MoteObjects;
import java.util.Map;
import java.util.Optional;

/// What a resource is called, and its unit.
///
/// Sources: Mote's own objects; OMA LwM2M 1.1 Core for objects 3 and 4; the IPSO Smart Object
/// Starter Pack 1.0.
record KnownPath(String name, Optional<String> unit) {

  private static final int SENSOR_VALUE = 5_700;

  private static final Map<Integer, KnownPath> OF_MODULES =
      Map.of(
          7, of("Inferences", ""),
          8, of("Mean latency", "µs"),
          9, of("Longest latency", "µs"),
          10, of("Last class", ""),
          11, of("Last score", ""),
          12, of("Self-test", ""),
          6, of("Last error", ""));

  private static final Map<Integer, KnownPath> SENSORS =
      Map.of(
          3300, of("Sensor", ""),
          3301, of("Illuminance", "lx"),
          3302, of("Presence", ""),
          3303, of("Temperature", "°C"),
          3304, of("Humidity", "%"),
          3313, of("Acceleration", "g"),
          3315, of("Pressure", "Pa"),
          3316, of("Voltage", "V"),
          3317, of("Current", "A"),
          3325, of("Concentration", "ppm"));

  private static final Map<String, KnownPath> SINGLE =
      Map.of(
          "/3/0/7", of("Supply voltage", "mV"),
          "/3/0/9", of("Battery level", "%"),
          "/3/0/10", of("Free memory", "kB"),
          "/4/0/2", of("Radio signal strength", "dBm"));

  private static KnownPath of(String name, String unit) {
    return new KnownPath(name, unit.isEmpty() ? Optional.empty() : Optional.of(unit));
  }

  /// The name of a path, with its instance where there may be several.
  static Optional<KnownPath> find(String path) {
    if (SINGLE.containsKey(path)) {
      return Optional.ofNullable(SINGLE.get(path));
    }
    String[] parts = path.split("/");
    int object = Integer.parseInt(parts[1]);
    int resource = Integer.parseInt(parts[3]);
    if (object == MoteObjects.MODULE) {
      return Optional.ofNullable(OF_MODULES.get(resource)).map(known -> known.in("slot", parts[2]));
    }
    if (resource == SENSOR_VALUE) {
      return Optional.ofNullable(SENSORS.get(object)).map(known -> known.in("", parts[2]));
    }
    return Optional.empty();
  }

  private KnownPath in(String what, String instance) {
    if (what.isEmpty() && instance.equals("0")) {
      return this;
    }
    return new KnownPath(name + ", " + (what + " " + instance).strip(), unit);
  }
}
