package dev.mote.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every code of a diagnostic has a page in `docs/errors`, and every page a code.
class ErrorPagesTest {

  private static final Path ROOT = Path.of(System.getProperty("mote.root", ".."));

  /// The ways in which sources write a code: in the call, as a constant, in an enum.
  private static final List<Pattern> CODES =
      List.of(
          Pattern.compile("\\b(?:user|resource|internal)\\(\\s*([1-9]\\d{3}),"),
          Pattern.compile("Problem\\.of\\(\\s*([1-9]\\d{3}),"),
          Pattern.compile("static final int [A-Z_]+ = ([1-9]\\d{3});"),
          Pattern.compile("^ +[A-Z_]+\\(([1-9]\\d{3})\\)[,;]", Pattern.MULTILINE));

  private static final Pattern ROW =
      Pattern.compile(
          "^\\| \\[MOTE-(\\d{4})\\]\\(MOTE-\\1\\.md\\) \\| (.+) \\|$", Pattern.MULTILINE);

  @Test
  void everyCodeHasAPageAndEveryPageACode() throws IOException {
    Collection<String> codes = codes();
    assertThat(codes).hasSizeGreaterThan(40);
    assertThat(pages().keySet()).containsExactlyElementsOf(codes);
  }

  @Test
  void theIndexListsEveryPageByItsTitle() throws IOException {
    SortedMap<String, String> rows = new TreeMap<>();
    Matcher matcher = ROW.matcher(Files.readString(ROOT.resolve("docs/errors/README.md")));
    while (matcher.find()) {
      rows.put(matcher.group(1), matcher.group(2));
    }
    assertThat(rows).isEqualTo(pages());
  }

  private static Collection<String> codes() throws IOException {
    TreeSet<String> codes = new TreeSet<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(ErrorPagesTest::isMainSource).sorted().toList()) {
        String text = Files.readString(file);
        if (text.contains("Diagnostic")
            || text.contains("Problem.of(")
            || file.getFileName().toString().contains("Codes")) {
          for (Pattern pattern : CODES) {
            pattern.matcher(text).results().forEach(result -> codes.add(result.group(1)));
          }
        }
      }
    }
    return codes;
  }

  private static boolean isMainSource(Path file) {
    String path = ROOT.relativize(file).toString().replace('\\', '/');
    return path.endsWith(".java") && path.contains("src/main/java/") && !path.startsWith("out/");
  }

  /// Code → title.
  private static SortedMap<String, String> pages() throws IOException {
    SortedMap<String, String> pages = new TreeMap<>();
    try (Stream<Path> files = Files.list(ROOT.resolve("docs/errors"))) {
      for (Path file : files.filter(f -> f.toString().contains("MOTE-")).toList()) {
        String code = file.getFileName().toString().replaceAll("\\D", "");
        String heading = Files.readString(file).lines().findFirst().orElse("");
        assertThat(heading).startsWith("# MOTE-" + code + ": ");
        pages.put(code, heading.replaceFirst("^.*?: ", ""));
      }
    }
    return pages;
  }
}
