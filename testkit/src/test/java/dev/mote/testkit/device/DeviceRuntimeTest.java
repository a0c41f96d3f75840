package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.module.Device;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleReceiver;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payload;
import dev.mote.module.TrustList;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import dev.mote.testkit.fuzz.BothSides;
import dev.mote.testkit.fuzz.DeviceFuzz;
import dev.mote.testkit.fuzz.ModuleSeeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The runtime in C, with modules that the Java library made, on flash whose power can fail.
class DeviceRuntimeTest {

  private static final int MUTANTS = 2_000;
  private static final int SECTOR = 1024;
  private static final int PAYLOAD_KEY_BYTES = 6;
  /// Blocks of half a sector of the test's flash, a sector, and two, by sequence number.
  private static final List<Integer> BLOCKS = List.of(512, 1024, 2048);

  private static final Device DEVICE =
      new Device(
          Set.of("armv7e-m"),
          Set.of("dsp", "fpu-sp"),
          Optional.of("aapcs"),
          1 << 16,
          16 * 1024,
          1002,
          List.of(Payload.Kind.NATIVE, Payload.Kind.TFLITE));

  @ParameterizedTest
  @CsvSource({"gcc, false", "clang-19, false", "gcc, true"})
  void modulesAreInstalledUpgradedRefusedAndRolledBack(
      String compiler, boolean small, @TempDir Path folder)
      throws IOException, InterruptedException {
    RuntimeProgram program =
        RuntimeProgram.build(compiler, small ? BothSides.SMALL : List.<String>of());
    SigningKey key = key();
    program.call(
        "scenario",
        RuntimeProgram.keyFile(key, folder),
        module(key, 1, DeviceModules.Wrong.NOTHING, folder),
        module(key, 2, DeviceModules.Wrong.NOTHING, folder),
        module(key, 3, DeviceModules.Wrong.EXACT, folder),
        module(key, 4, DeviceModules.Wrong.HASH, folder),
        module(key, 5, DeviceModules.Wrong.NEAR, folder));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPowerCutAtAnyOperationLeavesTheOldOrTheNewModule(boolean small, @TempDir Path folder)
      throws IOException, InterruptedException {
    RuntimeProgram program =
        RuntimeProgram.build("gcc", small ? BothSides.SMALL : List.<String>of());
    SigningKey key = key();
    String said =
        program.call(
            "cuts",
            RuntimeProgram.keyFile(key, folder),
            module(key, 1, DeviceModules.Wrong.NOTHING, folder),
            module(key, 2, DeviceModules.Wrong.NOTHING, folder),
            module(key, 3, DeviceModules.Wrong.NOTHING, folder));
    assertThat(said).contains("downloads resumed");
  }

  @Test
  void hostileModulesAreRefusedWithTheCodesOfTheLibrary(@TempDir Path folder) throws IOException {
    RuntimeProgram.assumeMbedTls();
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    int differences =
        new DeviceFuzz(folder, "clang-19")
            .run(MUTANTS, 0, new PrintStream(log, true, StandardCharsets.UTF_8), folder);
    assertThat(differences).as(log.toString(StandardCharsets.UTF_8)).isZero();
  }

  @ParameterizedTest
  @MethodSource("crossCompilers")
  void theRuntimeCompilesWithoutAWarning(List<String> compiler)
      throws IOException, InterruptedException {
    for (String source : RuntimeProgram.sources("runtime")) {
      List<String> command = new ArrayList<>(compiler);
      command.addAll(List.of("-std=c99", "-Os", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic"));
      command.addAll(List.of("-Werror", RuntimeProgram.includes(), "-c", source));
      command.addAll(List.of("-o", "/dev/null"));
      RuntimeProgram.run(command);
    }
  }

  static Stream<List<String>> crossCompilers() {
    return Stream.of(
        List.of("arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb"),
        List.of("arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb"),
        List.of("arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-DMOTE_STRICT=0"),
        Stream.concat(
                Stream.of("arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb"),
                BothSides.SMALL.stream())
            .toList(),
        List.of(
            "arm-none-eabi-gcc",
            "-mcpu=cortex-m4",
            "-mthumb",
            "-DMOTE_ENCRYPTION=0",
            "-DMOTE_DELTAS=0",
            "-DMOTE_TRUST_LISTS=0"),
        List.of(
            "riscv64-unknown-elf-gcc", "-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs"));
  }

  /// The code by which the library refuses a file on a device whose payload is `base`; 0 when it
  /// receives all of it.
  static String received(Bytes file, TrustList trust, Bytes base) throws IOException {
    ModuleReceiver receiver =
        new ModuleReceiver(trust, DEVICE::choose, List.of(ModuleSeeds.GROUP), Optional.of(base));
    try {
      receiver.receive(
          (offset, most) ->
              offset >= file.size()
                  ? Bytes.EMPTY
                  : file.slice((int) offset, (int) Math.min(file.size(), offset + most)),
          new EmptySlot());
      return "0";
    } catch (ModuleException e) {
      return Integer.toString(e.code().number());
    }
  }

  static byte[] listed(List<Bytes> files) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Bytes file : files) {
      ByteBuffer size = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      all.writeBytes(size.putInt(file.size()).array());
      all.writeBytes(file.toByteArray());
    }
    return all.toByteArray();
  }

  private static SigningKey key() {
    return SigningKey.generate(SignatureAlgorithm.ES256, new SecureRandom());
  }

  /// Writes a module of 5,000 bytes of code; returns where. The head of the second one ends where a
  /// sector does, and what follows looks as if the head went on.
  private static String module(
      SigningKey key, long sequence, DeviceModules.Wrong wrong, Path folder) throws IOException {
    int block = BLOCKS.get((int) sequence % BLOCKS.size());
    byte[] contents = new byte[5_000];
    new Random(sequence).nextBytes(contents);
    contents[0] = 0x38;
    contents[1] = (byte) 0xff;
    Bytes code = Bytes.of(contents);
    ModuleFile module = DeviceModules.of(sequence, code, block, wrong, 300).signed(List.of(key));
    if (sequence == 2) {
      int head = ModuleWriter.write(module).size() - contents.length - PAYLOAD_KEY_BYTES;
      int longer = 300 + SECTOR - head % SECTOR;
      module = DeviceModules.of(sequence, code, block, wrong, longer).signed(List.of(key));
    }
    Path file = folder.resolve("module-" + sequence + ".mote");
    Files.write(file, ModuleWriter.write(module).toByteArray());
    return file.toString();
  }

  /// A slot that is empty at first and keeps everything.
  private static final class EmptySlot implements ModuleReceiver.Slot {

    private Bytes contents = Bytes.EMPTY;

    @Override
    public int blocks(Bytes manifestDigest) {
      return 0;
    }

    @Override
    public int travelled() {
      return 0;
    }

    @Override
    public void store(Bytes manifestDigest, int index, Bytes block, int travelled) {
      contents = contents.then(block);
    }

    @Override
    public Bytes read(int offset, int size) {
      return contents.slice(offset, Math.min(contents.size(), offset + size));
    }
  }
}
