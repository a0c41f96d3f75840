package dev.mote.testkit.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Holds the table of ARCHITECTURE.md: who may use whom, and which library lives where.
class ArchitectureTest {

  /// Package below `dev.mote` → packages that it may use besides its own.
  private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

  static {
    MAY_USE.put("ir", List.of());
    MAY_USE.put("plugin", List.of("ir"));
    MAY_USE.put("frontends", List.of("plugin", "ir"));
    MAY_USE.put("targets", List.of("plugin", "ir"));
    MAY_USE.put("pipeline", List.of("plugin", "ir", "targets"));
    MAY_USE.put("reference", List.of("ir"));
    MAY_USE.put("pluginhost", List.of("plugin", "ir", "reference"));
    MAY_USE.put("module", List.of());
    MAY_USE.put("orchestration", List.of());
    MAY_USE.put("fleet", List.of("module", "emulator", "orchestration"));
    MAY_USE.put(
        "service",
        List.of(
            "builder",
            "orchestration",
            "module",
            "emulator",
            "pluginhost",
            "pipeline",
            "targets",
            "plugin",
            "ir"));
    MAY_USE.put("client", List.of());
    MAY_USE.put("emulator", List.of("module", "pipeline", "plugin", "ir", "targets"));
    MAY_USE.put(
        "optimizer",
        List.of("emulator", "module", "reference", "pipeline", "targets", "plugin", "ir"));
    MAY_USE.put("tflm", List.of("plugin", "ir"));
    MAY_USE.put("wasm", List.of("emulator", "pluginhost", "pipeline", "plugin", "ir", "targets"));
    MAY_USE.put(
        "builder",
        List.of(
            "module",
            "wasm",
            "emulator",
            "pluginhost",
            "reference",
            "pipeline",
            "targets",
            "plugin",
            "ir"));
    MAY_USE.put(
        "cli",
        List.of(
            "builder",
            "client",
            "module",
            "wasm",
            "tflm",
            "optimizer",
            "emulator",
            "pluginhost",
            "reference",
            "pipeline",
            "targets",
            "frontends",
            "plugin",
            "ir"));
    MAY_USE.put(
        "testkit",
        List.of(
            "module",
            "wasm",
            "tflm",
            "optimizer",
            "emulator",
            "pluginhost",
            "reference",
            "pipeline",
            "targets",
            "frontends",
            "plugin",
            "ir"));
    MAY_USE.put(
        "bench",
        List.of(
            "cli",
            "service",
            "fleet",
            "orchestration",
            "client",
            "builder",
            "wasm",
            "tflm",
            "module",
            "optimizer",
            "emulator",
            "pluginhost",
            "reference",
            "pipeline",
            "targets",
            "frontends",
            "plugin",
            "ir"));
  }

  /// Package of a library → packages below `dev.mote` that may use it.
  private static final Map<String, List<String>> QUARANTINE =
      Map.ofEntries(
          Map.entry("com.google.flatbuffers..", List.of("frontends", "testkit")),
          Map.entry("com.google.protobuf..", List.of("frontends", "testkit")),
          Map.entry("com.authlete..", List.of()),
          Map.entry("java.lang.foreign..", List.of("emulator", "testkit")),
          Map.entry("com.dylibso..", List.of("wasm")),
          Map.entry("picocli..", List.of("cli", "fleet")),
          Map.entry("org.ejml..", List.of("pipeline")),
          Map.entry(
              "com.fasterxml.jackson.core..",
              List.of("builder", "cli", "client", "bench", "pluginhost", "orchestration")),
          Map.entry("com.fasterxml.jackson.databind..", List.of("orchestration")),
          Map.entry(
              "com.fasterxml.jackson.jr..",
              List.of("builder", "cli", "client", "bench", "pluginhost")),
          Map.entry("org.eclipse.leshan..", List.of("orchestration")),
          Map.entry("org.eclipse.californium.scandium..", List.of("orchestration", "fleet")),
          Map.entry("org.eclipse.californium.core..", List.of("orchestration")),
          Map.entry("org.springframework..", List.of("service", "bench")),
          Map.entry("tools.jackson..", List.of("service", "bench")),
          Map.entry("java.sql..", List.of("service")),
          Map.entry("javax.sql..", List.of("service", "bench")),
          Map.entry("org.postgresql..", List.of("service")),
          Map.entry("io.micrometer..", List.of("service", "bench")),
          Map.entry("com.hivemq..", List.of("service.mqtt")),
          Map.entry("ai.djl..", List.of("example")));

  private static final Pattern BANNED_NAME =
      Pattern.compile(".*(Impl|Manager|Utils?|Helper|Base|Abstract|Default|Info)([A-Z0-9].*)?");

  private static JavaClasses everything;

  @BeforeAll
  static void importAllModules() {
    Path root = Path.of(System.getProperty("mote.root", ".."));
    List<Path> compiled = new ArrayList<>();
    for (String module :
        List.of(
            "compiler/ir",
            "compiler/plugin-api",
            "compiler/frontends",
            "compiler/targets",
            "compiler/pipeline",
            "compiler/reference",
            "compiler/plugin-host",
            "compiler/tflm",
            "inference-module",
            "orchestration",
            "fleet",
            "emulator",
            "compiler/optimizer",
            "wasm",
            "compiler/builder",
            "service",
            "client",
            "cli",
            "testkit",
            "bench")) {
      Path classes = root.resolve(module).resolve("target/classes");
      if (Files.isDirectory(classes)) {
        compiled.add(classes);
      }
    }
    everything = new ClassFileImporter().importPaths(compiled);
  }

  @Test
  void everyPackageStandsInTheTable() {
    TreeSet<String> found = new TreeSet<>();
    for (JavaClass type : everything) {
      if (type.getPackageName().startsWith("dev.mote.")) {
        found.add(type.getPackageName().split("\\.", -1)[2]);
      }
    }
    assertThat(found).isNotEmpty();
    assertThat(MAY_USE.keySet()).containsAll(found);
  }

  @TestFactory
  List<DynamicTest> modulesUseOnlyWhatTheTableAllows() {
    List<DynamicTest> tests = new ArrayList<>();
    MAY_USE.forEach(
        (module, allowed) -> {
          List<String> open = new ArrayList<>(allowed);
          open.add(module);
          DescribedPredicate<JavaClass> forbidden =
              resideInAPackage("dev.mote..")
                  .and(DescribedPredicate.not(resideInAnyPackage(packages(open))));
          tests.add(
              DynamicTest.dynamicTest(
                  module + " may use " + allowed,
                  () ->
                      noClasses()
                          .that()
                          .resideInAPackage("dev.mote." + module + "..")
                          .should()
                          .dependOnClassesThat(forbidden.as("other modules than " + allowed))
                          .allowEmptyShould(true)
                          .check(everything)));
        });
    return tests;
  }

  @TestFactory
  List<DynamicTest> librariesStayWhereTheyBelong() {
    List<DynamicTest> tests = new ArrayList<>();
    QUARANTINE.forEach(
        (library, modules) ->
            tests.add(
                DynamicTest.dynamicTest(
                    library + " only in " + modules,
                    () ->
                        noClasses()
                            .that()
                            .resideOutsideOfPackages(packages(modules))
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(library)
                            .allowEmptyShould(true)
                            .check(everything))));
    return tests;
  }

  /// Packages of the service, each of which may use those before it.
  private static final List<String> SERVICE =
      List.of(
          "database",
          "http",
          "settings",
          "event",
          "access",
          "health",
          "stream",
          "page",
          "store",
          "job",
          "registry",
          "compilation",
          "device",
          "telemetry",
          "mqtt",
          "rollout");

  @TestFactory
  List<DynamicTest> packagesOfTheServiceUseThoseBeforeThem() {
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < SERVICE.size(); i++) {
      String name = SERVICE.get(i);
      List<String> later =
          SERVICE.subList(i + 1, SERVICE.size()).stream().map(p -> "service." + p).toList();
      if (!later.isEmpty()) {
        tests.add(
            DynamicTest.dynamicTest(
                name,
                () ->
                    noClasses()
                        .that()
                        .resideInAPackage("dev.mote.service." + name + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(packages(later))
                        .allowEmptyShould(true)
                        .check(everything)));
      }
    }
    return tests;
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.mote.(**)").should().beFreeOfCycles().check(everything);
  }

  @Test
  void namesSayWhatIsDifferent() {
    classes()
        .that(DescribedPredicate.describe("are written by hand", ArchitectureTest::byHand))
        .should()
        .haveNameNotMatching(BANNED_NAME.pattern())
        .check(everything);
  }

  /// Classes generated from the schema of a model format keep the schema's names.
  private static boolean byHand(JavaClass type) {
    return !type.getPackageName().contains(".schema");
  }

  private static String[] packages(List<String> modules) {
    return modules.stream().map(module -> "dev.mote." + module + "..").toArray(String[]::new);
  }
}
