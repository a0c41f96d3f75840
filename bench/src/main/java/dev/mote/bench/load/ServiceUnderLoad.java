package dev.mote.bench.load;

import dev.mote.service.MoteService;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The whole service in a process of its own, as it is started for users; its database is another
/// process. It answers `heap`, `compiled`, `written` and `count TABLE CONDITION` beside its work.
public final class ServiceUnderLoad {

  private ServiceUnderLoad() {}

  /// @param arguments settings of the service
  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    // What libraries have to say goes elsewhere.
    System.setOut(System.err);
    List<String> settings = new ArrayList<>(List.of(arguments));
    settings.add("--logging.level.root=warn");
    try (ConfigurableApplicationContext service =
        SpringApplication.run(MoteService.class, settings.toArray(String[]::new))) {
      JdbcClient jdbc = JdbcClient.create(service.getBean(DataSource.class));
      MeterRegistry meters = service.getBean(MeterRegistry.class);
      out.printf(
          "ready %s%n",
          jdbc.sql("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)")
              .query(String.class)
              .single());
      Lines.answer(out, line -> answer(jdbc, meters, line));
    }
  }

  private static String answer(JdbcClient jdbc, MeterRegistry meters, String line) {
    String[] words = line.split(" ", 2);
    return switch (words[0]) {
      case "heap" -> Lines.heap();
      case "compiled" -> Lines.compiled();
      case "written" -> "%.0f".formatted(meters.counter("mote.telemetry.written").count());
      case "count" ->
          jdbc.sql("select count(*) from " + words[1]).query(Long.class).single().toString();
      default -> "what?";
    };
  }
}
