package dev.mote.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.builder.BuildCandidate.Standing;
import dev.mote.emulator.RequiredTools;
import dev.mote.ir.Blob;
import dev.mote.module.Manifest;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import dev.mote.plugin.Progress;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModuleBuildTest {

  private static final Bytes VENDOR = NamedUuid.of(NamedUuid.DNS, "example.com");
  private static final Manifest.Identity IDENTITY =
      new Manifest.Identity(
          VENDOR, NamedUuid.of(VENDOR, "fashion"), "fashion", "3", Optional.empty());

  private static ModelSource model;

  @BeforeAll
  static void readTheModel() throws IOException {
    model =
        ModelSource.read(
            Blob.of(Files.readAllBytes(ModelCheckTest.FASHION)), "fashion_mnist_int8.tflite");
  }

  /// What the boards of the examples say of themselves.
  private static DeviceFacts board(
      String target, String architecture, List<String> extensions, long ram, long flash) {
    Map<String, Object> facts = new HashMap<>();
    if (!target.isEmpty()) {
      facts.put("target", target);
    }
    facts.put("architecture", architecture);
    facts.put("extensions", extensions);
    facts.put("ramBytes", ram);
    facts.put("flashBytes", flash);
    facts.put("runtimeAbi", 1);
    facts.put("payloadKinds", List.of("native"));
    return DeviceFacts.parse(facts);
  }

  @ParameterizedTest
  @CsvSource({
    "cortex-m4, armv7e-m, dsp",
    "cortex-m33, armv8-m.main, dsp",
    "rv32imc, rv32imc, rv-m",
  })
  void boardsGetCodeThatRunsWhereItLies(String target, String architecture, String extension) {
    assumeTrue(RequiredTools.missing(List.of(Targets.find(target))).isEmpty(), "tools are missing");
    DeviceFacts facts = board(target, architecture, List.of(extension), 65_536, 131_072);
    ModuleBuild.Outcome outcome =
        new ModuleBuild(model, facts, BuildOptions.STANDARD).run(IDENTITY, 7, Progress.NONE);
    assertThat(outcome).isInstanceOf(ModuleBuild.Outcome.Built.class);
    ModuleBuild.Outcome.Built built = (ModuleBuild.Outcome.Built) outcome;
    Payload payload = built.module().manifest().payloads().getFirst();
    assertThat(payload.kind()).isEqualTo(Payload.Kind.NATIVE);
    assertThat(payload.requires().architecture()).isEqualTo(architecture);
    assertThat(built.module().manifest().sequence()).isEqualTo(7);
    assertThat(built.choice().explanation())
        .contains(
            "target %s: the device tells its target, %s".formatted(target, target),
            "native by mote-c is chosen: nothing else can serve.");
    assertThat(built.page()).contains("Memory over time", "Why this module");
    assertThat(Json.text(built.report())).contains("\"proof\"", "run on the emulated board");
  }

  @Test
  void withoutATargetTheCoreOrTheArchitectureDecides() {
    assertThat(plan(board("", "armv8-m.main", List.of("dsp", "fpu-sp"), 65_536, 131_072)).target())
        .contains("cortex-m33");
    assertThat(plan(board("my-board", "rv32imc", List.of(), 65_536, 131_072)).explanation())
        .contains(
            "target rv32imc: there is no target 'my-board', but its architecture is rv32imc, for"
                + " which rv32imc stands");
  }

  @Test
  void aDeviceWithoutAnExtensionIsNotGivenCodeThatUsesIt() {
    BuildChoice choice = plan(board("", "armv7e-m", List.of("fpu-sp"), 65_536, 131_072));
    assertThat(choice.fits()).isFalse();
    assertThat(choice.problem("m").what())
        .isEqualTo("code for armv7e-m uses the extension dsp, which the device does not list");
  }

  @Test
  void settingsEscalateUntilItFits() {
    BuildChoice wide = plan(board("cortex-m4", "armv7e-m", List.of("dsp"), 65_536, 131_072));
    BuildCandidate chosen = wide.chosen().orElseThrow();
    long arena = chosen.cost().ramBytes().amount();
    BuildChoice tight = plan(board("cortex-m4", "armv7e-m", List.of("dsp"), arena - 1, 131_072));
    assertThat(tight.fits()).isTrue();
    assertThat(tight.chosen().orElseThrow().cost().ramBytes().amount()).isLessThan(arena);
    assertThat(tight.chosen().orElseThrow().notes())
        .anySatisfy(note -> assertThat(note).startsWith("optimized for balanced alone it would"));
  }

  @Test
  void tooSmallADeviceIsExplained() {
    BuildChoice choice = plan(board("cortex-m4", "armv7e-m", List.of("dsp"), 1024, 4096));
    assertThat(choice.fits()).isFalse();
    assertThat(choice.explanation())
        .contains("cannot serve: native by mote-c", "Nothing fits this device.")
        .anySatisfy(line -> assertThat(line).contains("too many"));
    assertThat(choice.problem("fashion").label()).isEqualTo("MOTE-8201");
  }

  @Test
  void kindsThatTheRuntimeTakesAreTriedInOrder() {
    DeviceFacts facts =
        DeviceFacts.parse(
            Map.of(
                "target",
                "cortex-m4",
                "payloadKinds",
                List.of("tflite", "c-sources"),
                "ramBytes",
                65_536));
    BuildChoice choice = plan(facts);
    assertThat(choice.chosen().orElseThrow().kind().label()).isEqualTo("tflite");
    assertThat(choice.candidates())
        .filteredOn(c -> c.standing() == Standing.SERVES)
        .extracting(BuildCandidate::compiler)
        .contains("mote-c");
    assertThat(choice.candidates())
        .filteredOn(c -> c.standing() == Standing.NOT_TAKEN)
        .extracting(c -> c.kind().label())
        .containsExactly("native", "shared-library", "webassembly");
  }

  @Test
  void theHostGetsALibraryThatWasRun() {
    ModuleBuild.Outcome outcome =
        new ModuleBuild(model, DeviceFacts.of("host"), BuildOptions.STANDARD)
            .run(IDENTITY, 1, Progress.NONE);
    assertThat(outcome.choice().explanation())
        .contains("shared-library by mote-c is chosen: nothing else can serve.");
    assertThat(((ModuleBuild.Outcome.Built) outcome).report().get("proof"))
        .asString()
        .contains("run on this machine");
  }

  @Test
  void aDeviceThatSaysNothingIsRefused() {
    ModuleBuild.Outcome outcome =
        new ModuleBuild(model, DeviceFacts.parse(Map.of()), BuildOptions.STANDARD)
            .run(IDENTITY, 1, Progress.NONE);
    assertThat(((ModuleBuild.Outcome.Refused) outcome).problem().toString())
        .startsWith(
            "MOTE-8202 a device that says nothing: the device tells neither target nor core nor"
                + " architecture");
  }

  private static BuildChoice plan(DeviceFacts facts) {
    return new ModuleBuild(model, facts, BuildOptions.STANDARD).plan(Progress.NONE);
  }
}
