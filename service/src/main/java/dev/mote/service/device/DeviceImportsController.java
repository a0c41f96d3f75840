package dev.mote.service.device;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Enters many devices at once: a line in, a line out, in the order of the lines of each few
/// hundred.
@RestController
class DeviceImportsController {

  private static final int AT_ONCE = 500;
  private static final int LONGEST_LINE = 16 * 1024;

  private final Provisioning provisioning;
  private final TransactionTemplate transaction;
  private final Audit audit;
  private final DeviceSettings settings;

  DeviceImportsController(
      Provisioning provisioning,
      PlatformTransactionManager transactions,
      Audit audit,
      DeviceSettings settings) {
    this.provisioning = provisioning;
    this.transaction = new TransactionTemplate(transactions);
    this.audit = audit;
    this.settings = settings;
  }

  private record Line(int number, NewDevice device) {}

  /// An import that runs.
  private final class Import {
    final Caller caller;
    final Writer out;
    final List<Line> lines = new ArrayList<>();
    int entered;
    int refused;

    Import(Caller caller, Writer out) {
      this.caller = caller;
      this.out = out;
    }

    void add(int number, NewDevice device) throws IOException {
      lines.add(new Line(number, device));
      if (lines.size() == AT_ONCE) {
        flush();
      }
    }

    void flush() throws IOException {
      if (lines.isEmpty()) {
        return;
      }
      Map<String, Integer> numbers = new HashMap<>();
      lines.forEach(line -> numbers.put(line.device().endpoint(), line.number()));
      List<NewDevice> devices = lines.stream().map(Line::device).toList();
      List<Provisioning.Entered> results;
      try {
        results = Required.value(transaction.execute(_ -> provisioning.enter(caller, devices)));
      } catch (Problem e) {
        results =
            devices.stream()
                .map(device -> Provisioning.Entered.refused(device.endpoint(), e.what()))
                .toList();
      }
      for (Provisioning.Entered result : results) {
        write(numbers.getOrDefault(result.endpoint(), 0), result);
      }
      lines.clear();
      out.flush();
    }

    void write(int number, Provisioning.Entered result) throws IOException {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("line", number);
      json.put("endpoint", result.endpoint());
      result.id().ifPresent(id -> json.put("id", id));
      result
          .credential()
          .ifPresent(
              credential -> {
                json.put("kind", credential.kind());
                credential.identity().ifPresent(identity -> json.put("identity", identity));
                credential.key().ifPresent(key -> json.put("key", key));
              });
      result.error().ifPresent(error -> json.put("error", error));
      if (result.error().isPresent()) {
        refused++;
      } else {
        entered++;
      }
      out.write(DeviceJson.write(json));
      out.write('\n');
    }
  }

  @Operation(summary = "Enter devices from CSV or NDJSON; a line for each comes back, with its key")
  @Requires(Role.OPERATOR)
  @PostMapping(path = "/v1/device-imports", produces = "application/x-ndjson")
  void importDevices(Caller caller, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean isCsv = String.valueOf(request.getContentType()).startsWith("text/csv");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(request.getInputStream(), StandardCharsets.UTF_8));
    response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
    Writer out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
    Import run = new Import(caller, out);
    List<String> columns =
        isCsv ? CsvLine.parse(Optional.ofNullable(line(in)).orElse("")) : List.of();
    int number = isCsv ? 1 : 0;
    String text;
    while ((text = line(in)) != null && number < settings.importLines()) {
      number++;
      if (text.isBlank()) {
        continue;
      }
      try {
        run.add(
            number, isCsv ? NewDevices.csv(columns, CsvLine.parse(text)) : NewDevices.json(text));
      } catch (Problem e) {
        run.write(number, Provisioning.Entered.refused("", words(e)));
      } catch (IllegalArgumentException | tools.jackson.core.JacksonException e) {
        run.write(number, Provisioning.Entered.refused("", "not a device: " + e.getMessage()));
      }
    }
    run.flush();
    if (text != null) {
      run.write(
          number + 1,
          Provisioning.Entered.refused(
              "", "an import has %d lines at the most".formatted(settings.importLines())));
    }
    transaction.executeWithoutResult(
        _ ->
            audit.record(
                caller,
                "device.import",
                "device",
                Map.of("entered", run.entered, "refused", run.refused)));
    out.write(DeviceJson.write(Map.of("entered", run.entered, "refused", run.refused)));
    out.write('\n');
    out.flush();
  }

  private static String words(Problem problem) {
    return problem.errors().isEmpty()
        ? problem.what()
        : String.join(
            "; ", problem.errors().stream().map(e -> e.field() + " " + e.message()).toList());
  }

  /// A line that is not longer than one may be; what is longer ends in an error, and not in memory.
  private static @Nullable String line(BufferedReader in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = in.read()) >= 0 && next != '\n') {
      if (line.length() < LONGEST_LINE) {
        line.append((char) next);
      }
    }
    return next < 0 && line.isEmpty() ? null : line.toString().stripTrailing();
  }
}
