package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.DeviceFirmware;
import dev.mote.emulator.EmulatedDevice;
import dev.mote.module.Golden;
import dev.mote.module.KeyFiles;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payloads;
import dev.mote.module.TrustList;
import dev.mote.module.TrustLists;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.ContentAlgorithm;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The sample of `examples/device` on each of its boards: modules that are encrypted or deltas,
/// power cuts, refusals, rollback.
class DeviceStoryTest {

  private static final Path ROOT = Path.of(System.getProperty("mote.root", ".."));

  /// As in the sample.
  private static final int ENOUGH_RUNS = 5;

  private static final int TRIAL_BOOTS = 3;

  private static final int CUTS = 6;

  /// About as many operations of the flash as one installation takes.
  private static final int OPERATIONS = 1_100;

  @TempDir private static Path shared;

  private static final Map<String, DeviceFirmware> FIRMWARE = new HashMap<>();
  private static SigningKey vendor;
  private static RecipientKey device;

  @BeforeAll
  static void makeKeys() throws IOException, InterruptedException, CoseProblem {
    Process sources =
        new ProcessBuilder(ROOT.resolve("scripts/sources").toString(), "mbedtls")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assumeTrue(
        sources.waitFor() == 0, "the sources of Mbed TLS are not there: scripts/need crypto");
    vendor = SigningKey.generate(SignatureAlgorithm.ES256, new SecureRandom());
    KeyPair pair = Curve.P256.generate(new SecureRandom());
    device =
        RecipientKey.Private.of(
            Bytes.of(pair.getPrivate().getEncoded()),
            RecipientKey.Public.of(Curve.P256, Bytes.of(pair.getPublic().getEncoded())));
    Files.writeString(shared.resolve("vendor.pub.pem"), KeyFiles.write(vendor.verification()));
    Files.writeString(shared.resolve("device.pem"), KeyFiles.write(device));
  }

  @ParameterizedTest
  @CsvSource({"mps2-an386, cortex-m4", "mps2-an505, cortex-m33", "virt, rv32imc"})
  void aModuleLivesThroughPowerCutsUpgradesAndRefusals(
      String board, String target, @TempDir Path flash) throws IOException {
    DeviceFirmware firmware = firmware(board);
    TinyModel first = new TinyModel(target, 1);
    TinyModel second = new TinyModel(target, 2);
    byte[] installed = file(encrypted(signed(first.module(1))));
    Random random = new Random(board.hashCode());

    // Three power cuts between two pieces of the download, each farther than the one before.
    try (EmulatedDevice empty = EmulatedDevice.start(firmware, flash)) {
      assertThat(empty.greeting()).containsExactly("no module");
      assertThat(empty.ask("run")).containsExactly("no model to run");
      empty.ask("install " + installed.length, installed, cut(random, installed, 0));
    }
    for (int third = 1; third <= 2; third++) {
      try (EmulatedDevice again = EmulatedDevice.start(firmware, flash)) {
        List<String> said =
            again.ask("resume " + installed.length, installed, cut(random, installed, third));
        assertThat(said).first().asString().startsWith("goes on at byte ");
      }
    }
    try (EmulatedDevice on = EmulatedDevice.start(firmware, flash)) {
      assertThat(on.ask("resume " + installed.length, installed))
          .last()
          .isEqualTo("installed, on trial from the next start on");
      assertThat(on.ask("reset")).containsExactly("module 1 on trial, starts left 2");
      runs(on, first, true);
      refuses(on, file(signed(first.module(1))), "MOTE-6013");
      refuses(on, file(signed(second.module(3, wrong()))), "self-test failed");
      refuses(on, file(second.module(3)), "MOTE-6010");
      byte[] faulty = file(signed(second.faultyModule(3)));
      assertThat(on.ask("install " + faulty.length, faulty))
          .hasSize(2)
          .last()
          .isEqualTo("module 1 confirmed");
      runs(on, first, false);

      byte[] delta = file(encrypted(delta(first, second)));
      assertThat(delta.length).isLessThan(installed.length / 4);
      assertThat(on.ask("install " + delta.length, delta))
          .last()
          .asString()
          .startsWith("installed");
      assertThat(on.ask("reset")).containsExactly("module 2 on trial, starts left 2");
      runs(on, second, true);
      refuses(on, delta, "MOTE-6013");

      byte[] third = file(signed(first.module(3)));
      assertThat(on.ask("install " + third.length, third))
          .last()
          .asString()
          .startsWith("installed");
      for (int left = TRIAL_BOOTS - 1; left >= 0; left--) {
        assertThat(on.ask("reset")).containsExactly("module 3 on trial, starts left " + left);
      }
      assertThat(on.ask("reset")).containsExactly("module 2 confirmed");
      assertThat(on.ask("counters"))
          .containsExactly("inferences 0 errors 0 microseconds 0 rollbacks 1");
      runs(on, second, false);
      takesModulesOfAnotherKey(on, first);
    }
  }

  private static void takesModulesOfAnotherKey(EmulatedDevice on, TinyModel model) {
    SigningKey next = SigningKey.generate(SignatureAlgorithm.ES256, new SecureRandom());
    byte[] module = file(model.module(4).signed(List.of(next)));
    refuses(on, module, "MOTE-6010");
    TrustList both =
        new TrustList(
            1,
            List.of(
                new TrustList.TrustedKey(vendor.verification(), true, true),
                new TrustList.TrustedKey(next.verification(), true, false)),
            List.of(),
            List.of(),
            Map.of());
    byte[] list = TrustLists.write(both, List.of(vendor)).toByteArray();
    assertThat(on.ask("trust " + list.length, list)).containsExactly("trusted");
    assertThat(on.ask("trust " + list.length, list)).containsExactly("refused: MOTE-6031");
    assertThat(on.ask("install " + module.length, module))
        .last()
        .asString()
        .startsWith("installed");
    assertThat(on.ask("reset")).containsExactly("module 4 on trial, starts left 2");
  }

  @ParameterizedTest
  @CsvSource({"mps2-an386, cortex-m4", "mps2-an505, cortex-m33", "virt, rv32imc"})
  void thePowerFailsWithinAnOperationOfTheFlash(String board, String target, @TempDir Path folder)
      throws IOException {
    DeviceFirmware firmware = firmware(board);
    TinyModel first = new TinyModel(target, 1);
    TinyModel second = new TinyModel(target, 2);
    byte[] old = file(signed(first.module(1)));
    byte[] upgrade = file(signed(second.module(2)));
    Path before = Files.createDirectory(folder.resolve("before"));
    try (EmulatedDevice on = EmulatedDevice.start(firmware, before)) {
      on.ask("install " + old.length, old);
      on.ask("reset");
      runs(on, first, true);
    }
    Random random = new Random(board.hashCode());
    int failed = 0;
    for (int i = 0; i < CUTS; i++) {
      Path flash = Files.createDirectory(folder.resolve("cut-" + i));
      Files.copy(before.resolve("flash.bin"), flash.resolve("flash.bin"));
      int operation = 1 + random.nextInt(OPERATIONS);
      try (EmulatedDevice on = EmulatedDevice.start(firmware, flash, operation)) {
        on.ask("install " + upgrade.length, upgrade);
        failed += on.isOn() ? 0 : 1;
      }
      finishes(firmware, flash, upgrade, second);
    }
    assertThat(failed).as("the power failed before the end").isGreaterThanOrEqualTo(CUTS / 2);
  }

  /// A device that lost its power runs the old or the new module, and comes to the new one.
  private static void finishes(
      DeviceFirmware firmware, Path flash, byte[] upgrade, TinyModel second) {
    try (EmulatedDevice on = EmulatedDevice.start(firmware, flash)) {
      String module = on.greeting().getLast();
      if (!module.startsWith("module 2 on trial")) {
        assertThat(module).isEqualTo("module 1 confirmed");
        List<String> said = on.ask("resume " + upgrade.length, upgrade);
        if (said.equals(List.of("refused: nothing to resume"))) {
          said = on.ask("install " + upgrade.length, upgrade);
        }
        assertThat(said).last().asString().startsWith("installed");
        assertThat(on.ask("reset")).containsExactly("module 2 on trial, starts left 2");
      }
      runs(on, second, true);
    }
  }

  /// Runs the model until it would be confirmed; every answer is the reference's.
  private static void runs(EmulatedDevice on, TinyModel model, boolean onTrial) {
    Random random = new Random(7);
    for (int i = 1; i <= ENOUGH_RUNS; i++) {
      byte[] input = new byte[TinyModel.INPUTS];
      random.nextBytes(input);
      StringBuilder expected = new StringBuilder("output");
      for (byte value : model.answer(input)) {
        expected.append(' ').append(value);
      }
      List<String> said = on.ask("run", input);
      assertThat(said).first().isEqualTo(expected.toString());
      assertThat(said.contains("confirmed")).isEqualTo(onTrial && i == ENOUGH_RUNS);
    }
  }

  private static void refuses(EmulatedDevice on, byte[] file, String why) {
    assertThat(on.ask("install " + file.length, file)).containsExactly("refused: " + why);
  }

  private static DeviceFirmware firmware(String board) {
    return FIRMWARE.computeIfAbsent(
        board,
        name ->
            DeviceFirmware.build(
                ROOT.resolve("examples/device"),
                name,
                Map.of(
                    "VENDOR", shared.resolve("vendor.pub.pem").toString(),
                    "DEVICE", shared.resolve("device.pem").toString()),
                shared.resolve(name)));
  }

  /// A place in the second half of a third of the file, and so behind its head.
  private static int cut(Random random, byte[] file, int third) {
    int half = file.length / 6;
    return (2 * third + 1) * half + random.nextInt(half);
  }

  private static Golden wrong() {
    return new Golden(
        List.of(new Golden.Input.Linear(1, 0)),
        List.of(new Golden.Output.Exact(Bytes.hex("01020304"))));
  }

  private static ModuleFile signed(ModuleFile module) {
    return module.signed(List.of(vendor));
  }

  private static ModuleFile encrypted(ModuleFile module) {
    return Payloads.encrypt(module, ContentAlgorithm.A128GCM, List.of(device), new SecureRandom());
  }

  private static ModuleFile delta(TinyModel before, TinyModel after) {
    return Payloads.difference(signed(after.module(2)), 0, Payloads.open(before.module(1), 0));
  }

  private static byte[] file(ModuleFile module) {
    return ModuleWriter.write(module).toByteArray();
  }
}
