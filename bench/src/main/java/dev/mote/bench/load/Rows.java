package dev.mote.bench.load;

import dev.mote.fleet.load.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// What was measured of one server after the other.
final class Rows {

  private static final String BEGIN = "<!-- figures -->";
  private static final String END = "<!-- end of figures -->";

  private final List<Row> rows = new ArrayList<>();

  void add(Row row) {
    rows.add(row);
    System.err.println(row.csv());
  }

  /// Does something and adds how fast it went, and what it cost.
  Figures rate(String name, String what, ServerProcess server, Supplier<Figures> work)
      throws IOException {
    double ownBefore = ProcessTime.seconds(ProcessHandle.current().pid());
    double serverBefore = ProcessTime.seconds(server.id());
    double databaseBefore = ProcessTime.secondsOfAll(server.database());
    MachineTime machineBefore = MachineTime.now();
    Figures figures = work.get();
    MachineTime machine = MachineTime.now().since(machineBefore);
    double micros = 1e6 / Math.max(1, figures.operations());
    add(
        new Row(
            name,
            what,
            figures.perSecond(),
            "/s",
            figures.failures(),
            (ProcessTime.seconds(server.id()) - serverBefore) * micros,
            (ProcessTime.secondsOfAll(server.database()) - databaseBefore) * micros,
            (ProcessTime.seconds(ProcessHandle.current().pid()) - ownBefore) * micros,
            machine.stolen()));
    if (figures.resent() > 0) {
      System.err.printf("  (%d datagrams were sent again)%n", figures.resent());
    }
    return figures;
  }

  /// Writes `service.csv` into `folder`, and the table into `page`.
  void write(Path folder, Path page) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("server,what,figure,unit,failures,server us,database us,devices us,stolen %");
    rows.forEach(row -> lines.add(row.csv()));
    Files.write(folder.resolve("service.csv"), lines);
    List<String> table = new ArrayList<>();
    table.add(
        "| server | what | figure | failures | server, µs | database, µs | devices, µs | stolen |");
    table.add("|---|---|--:|--:|--:|--:|--:|--:|");
    rows.forEach(row -> table.add(row.markdown()));
    String text = Files.readString(page);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    Files.writeString(
        page,
        text.substring(0, from) + "\n" + String.join("\n", table) + "\n" + text.substring(to));
  }
}
