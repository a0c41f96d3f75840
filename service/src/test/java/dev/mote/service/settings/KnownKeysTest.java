package dev.mote.service.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.service.settings.KnownKeys.Key;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;

class KnownKeysTest {

  private static final Path ROOT = Path.of(System.getProperty("mote.root", ".."));
  private static final Path PAGE = ROOT.resolve("docs/reference/service-configuration.md");
  private static final Set<String> KNOWN =
      Set.of("mote.database.url", "mote.access.failures-per-user");

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          applicationConfig,  mote.database.url,             true
          applicationConfig,  mote.database.ulr,             false
          applicationConfig,  mote.databse.url,              false
          applicationConfig,  mote.access.failuresPerUser,   true
          applicationConfig,  server.port,                   true
          systemEnvironment,  MOTE_DATABASE_URL,             true
          systemEnvironment,  MOTE_DATABASE_ULR,             false
          systemEnvironment,  MOTE_ACCESS_FAILURESPERUSER,   true
          systemEnvironment,  MOTE_MODELS,                   true
          systemProperties,   mote.root,                     true
          systemProperties,   mote.database.ulr,             false
          """)
  void misspeltKeysAreFound(String source, String name, boolean known) {
    assertThat(KnownKeys.unknown(source, name, KNOWN).isEmpty()).isEqualTo(known);
  }

  @Test
  void aMisspeltKeyStopsTheStart() {
    try (GenericApplicationContext context = new GenericApplicationContext()) {
      context.registerBean(dev.mote.service.database.DatabaseSettings.class);
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("file", Map.of("mote.database.ulr", "x")));
      context.registerBean(KnownKeys.class);
      assertThatThrownBy(context::refresh)
          .hasMessage(
              "MOTE-8040 the configuration has a key 'mote.database.ulr' that nothing reads;"
                  + " did you mean 'mote.database.url'?");
    }
  }

  @Test
  void thePageListsEveryKeyWithItsMeaningAndValue() throws Exception {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration of the service

            Keys go into a file `application.yaml` in the folder where the service is started, behind `--` on its command line
            (`--mote.database.url=…`), or into the environment (`MOTE_DATABASE_URL`). A key that begins with `mote.` and is
            not listed here stops the start ([MOTE-8040](../errors/MOTE-8040.md)). Spring Boot's own keys, such as
            `server.port` (8080), `server.ssl.*` and `logging.*`, work as its documentation says.

            | key | value without it | meaning |
            |---|---|---|
            """);
    for (Key key : KnownKeys.of(types()).values()) {
      page.append(
          "| `%s` | %s | %s |\n"
              .formatted(
                  key.name(),
                  key.usual().filter(v -> !v.isEmpty()).map(v -> "`" + v + "`").orElse("–"),
                  meaning(key)));
    }
    if (Boolean.getBoolean("mote.golden")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("%s is rewritten by this test with -Dmote.golden=true; read the diff", PAGE)
        .isEqualTo(page.toString());
  }

  @Test
  void whatMayBeLeftOutCanBeGiven() throws ClassNotFoundException {
    // Not an Optional<Path>, for instance: Spring reads a path alone only.
    ApplicationConversionService conversions = new ApplicationConversionService();
    TypeDescriptor text = TypeDescriptor.valueOf(String.class);
    for (Class<?> type : types()) {
      for (RecordComponent component : type.getRecordComponents()) {
        if (component.getType() == Optional.class) {
          ResolvableType wanted = ResolvableType.forType(component.getGenericType());
          assertThat(conversions.canConvert(text, new TypeDescriptor(wanted, null, null)))
              .as("%s of %s", component, type)
              .isTrue();
        }
      }
    }
  }

  private static Set<Class<?>> types() throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    Set<Class<?>> types = new HashSet<>();
    for (var found : scanner.findCandidateComponents("dev.mote.service")) {
      types.add(Class.forName(found.getBeanClassName()));
    }
    return types;
  }

  /// What the record's comment says of the component.
  private static String meaning(Key key) throws IOException {
    Class<?> outer = key.settings();
    while (outer.getEnclosingClass() != null) {
      outer = outer.getEnclosingClass();
    }
    String source =
        Files.readString(
            ROOT.resolve("service/src/main/java/" + outer.getName().replace('.', '/') + ".java"));
    Matcher matcher =
        Pattern.compile("/// @param " + key.component() + " ((?:.*\n)(?:/// (?! *@).*\n)*)")
            .matcher(source);
    assertThat(matcher.find())
        .as("a line '/// @param %s …' in %s", key.component(), outer)
        .isTrue();
    return matcher.group(1).replaceAll("\\s*///\\s*", " ").strip();
  }
}
