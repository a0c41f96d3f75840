package dev.mote.bench.load;

import java.util.Locale;

/// A line of the table.
///
/// @param server what was measured
/// @param what was done
/// @param figure how fast, or how much
/// @param unit of the figure
/// @param failures operations that went wrong
/// @param serverMicros processor time of the server for one operation, in microseconds
/// @param databaseMicros that of the database
/// @param generatorMicros that of the devices
/// @param stolen part of the machine's time that its host gave to others meanwhile
record Row(
    String server,
    String what,
    double figure,
    String unit,
    long failures,
    double serverMicros,
    double databaseMicros,
    double generatorMicros,
    double stolen) {

  /// A figure that is no rate.
  static Row of(String server, String what, double figure, String unit) {
    return new Row(server, what, figure, unit, 0, 0, 0, 0, 0);
  }

  String csv() {
    return String.format(
        Locale.ROOT,
        "%s,%s,%.0f,%s,%d,%.1f,%.1f,%.1f,%.0f",
        server,
        what,
        figure,
        unit,
        failures,
        serverMicros,
        databaseMicros,
        generatorMicros,
        100 * stolen);
  }

  String markdown() {
    String cpu =
        serverMicros == 0
            ? "– | – | – | –"
            : String.format(
                Locale.ROOT,
                "%,.0f | %,.0f | %,.0f | %.0f %%",
                serverMicros,
                databaseMicros,
                generatorMicros,
                100 * stolen);
    return String.format(
        Locale.ROOT, "| %s | %s | %,.0f %s | %d | %s |", server, what, figure, unit, failures, cpu);
  }
}
