package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "errors", description = "Lists the error codes, or explains one.")
final class ErrorsCommand implements Callable<Integer> {

  /// A row of the index, `docs/errors/README.md`: `| [MOTE-1001](MOTE-1001.md) | title |`.
  private static final Pattern ROW =
      Pattern.compile("^\\| \\[(MOTE-\\d{4})\\]\\([^)]*\\) \\| (.*) \\|$", Pattern.MULTILINE);

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "CODE",
      description = "A code, for instance MOTE-3002 or 3002.")
  private @Nullable String code;

  @Mixin private CommonOptions common = new CommonOptions();

  ErrorsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (code == null) {
      list();
    } else {
      explain(code);
    }
    return Mote.OK;
  }

  private void list() {
    List<Map<String, Object>> rows = new ArrayList<>();
    Table table = new Table("code", "meaning");
    Matcher matcher = ROW.matcher(page("README.md"));
    while (matcher.find()) {
      table.row(matcher.group(1), matcher.group(2));
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("code", matcher.group(1));
      row.put("meaning", matcher.group(2));
      rows.add(row);
    }
    if (common.json) {
      console.printJson(rows);
    } else {
      console.printTable(table);
    }
  }

  private void explain(String wanted) {
    String label = wanted.toUpperCase(Locale.ROOT).replaceFirst("^(MOTE-?)?0*(?=\\d)", "");
    String page =
        label.matches("\\d{1,4}") ? page("MOTE-%04d.md".formatted(Integer.parseInt(label))) : "";
    if (page.isEmpty()) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.UNKNOWN_CODE,
              wanted,
              "there is no such error code",
              "'mote errors' lists them all."));
    }
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("code", "MOTE-%04d".formatted(Integer.parseInt(label)));
      json.put("page", page);
      console.printJson(json);
    } else {
      console.print(page.stripTrailing());
    }
  }

  /// A page of `docs/errors`, which the build puts beside this class; empty when there is none.
  private static String page(String name) {
    try (InputStream file = ErrorsCommand.class.getResourceAsStream("errors/" + name)) {
      return file == null ? "" : new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
