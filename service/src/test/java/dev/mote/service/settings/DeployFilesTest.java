package dev.mote.service.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the image, the unit and the chart set is read by the service.
class DeployFilesTest {

  private static final Path ROOT = Path.of(System.getProperty("mote.root", ".."));
  private static final Pattern VARIABLE = Pattern.compile("\\bMOTE_[A-Z0-9_]+");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(mote\\.[a-z0-9.-]+)` \\|");
  private static final Pattern HOLE = Pattern.compile("\\$\\{(MOTE_[A-Z_]+):");

  @Test
  void everyVariableIsAKey() throws IOException {
    Set<String> set = new TreeSet<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("service/deploy"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        VARIABLE.matcher(Files.readString(file)).results().forEach(m -> set.add(m.group()));
      }
    }
    assertThat(set).hasSizeGreaterThan(5);
    assertThat(known()).containsAll(set);
  }

  /// The page is held to the settings by [KnownKeysTest].
  private static Set<String> known() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/reference/service-configuration.md"));
    Set<String> known =
        ROW.matcher(page)
            .results()
            .map(m -> m.group(1).replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new));
    String defaults = Files.readString(ROOT.resolve("service/src/main/resources/application.yaml"));
    HOLE.matcher(defaults).results().forEach(m -> known.add(m.group(1)));
    return known;
  }
}
