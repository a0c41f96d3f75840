package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.RequiredTools;
import dev.mote.module.ModuleException;
import dev.mote.module.NativeTable;
import dev.mote.module.cbor.Bytes;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The loader of native payloads in `device/runtime`: on emulated boards, and against hostile entry
/// tables.
class NativeLoaderTest {

  private static final Path DEVICE = Path.of(System.getProperty("mote.root", ".."), "device");
  private static final int TABLES = 5_000;
  private static final int REFUSED = 6026;
  private static final int NO_MODEL = 17;
  private static final int BAD_ARENA = 16;
  private static final int NOT_PERMITTED = 19;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "cortex-m4, SPEED, false, 0, mps2-an386",
    "cortex-m4, MEMORY, true, 0x1230, mps2-an386",
    "cortex-m33, BALANCED, false, 0x8000, mps2-an505",
    "rv32imc, MEMORY, true, 0x44, virt",
  })
  void anApplicationTestsRunsAndCountsAPayloadInPlace(
      String targetName, Optimize optimize, boolean stream, String shift, String board)
      throws IOException, InterruptedException {
    Target target = Targets.find(targetName);
    assumeTrue(
        RequiredTools.missing(List.of(target)).isEmpty(), "a cross compiler or QEMU is missing");
    NativeModule module = NativeModule.of(targetName, optimize, stream);
    write(module);
    RuntimeProgram.run(firmware(target, shift, board));
    RuntimeProgram.run(emulator(target, board));

    byte[] result = Files.readAllBytes(folder.resolve("result"));
    ByteBuffer steps = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(steps.getInt()).as("manifest").isZero();
    assertThat(steps.getInt()).as("golden vectors").isEqualTo(1);
    assertThat(steps.getInt()).as("arena that is not aligned").isEqualTo(BAD_ARENA);
    assertThat(steps.getInt()).as("run before it is open").isEqualTo(NO_MODEL);
    assertThat(steps.getInt()).as("open").isZero();
    assertThat(steps.getInt()).as("run that is not permitted").isEqualTo(NOT_PERMITTED);
    assertThat(steps.getInt()).as("run").isZero();
    assertThat(steps.getInt()).as("inferences, errors").isEqualTo(1 << 16 | 1);
    int ticks = steps.getInt();
    assertThat(ticks).as("ticks").isEqualTo(stream ? 29 * 5 : 5).isEqualTo(steps.getInt());
    assertThat(Bytes.of(result, steps.position(), result.length)).isEqualTo(module.output());
  }

  @Test
  void hostileTablesAreRefusedByTheLoaderAndTheLibraryAlike()
      throws IOException, InterruptedException {
    NativeModule module = NativeModule.of("cortex-m4", Optimize.MEMORY, true);
    write(module);
    Path program = folder.resolve("tables");
    List<String> command = new ArrayList<>(List.of("gcc", "-std=c11", "-O1", "-g", "-Wall"));
    command.addAll(List.of("-Wextra", "-Wconversion", "-Wpedantic", "-Werror"));
    command.addAll(List.of("-fsanitize=address,undefined", "-fno-sanitize-recover=all"));
    command.addAll(List.of("-DMOTE_ENTRY_BIT=1u", "-I" + DEVICE, "-o", program.toString()));
    command.add(DEVICE.resolve("test/native/tables.c").toString());
    command.addAll(RuntimeProgram.sources("runtime"));
    RuntimeProgram.run(command);
    List<Bytes> tables = tables(module.code().table());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    tables.forEach(table -> all.writeBytes(table.toByteArray()));
    Files.write(folder.resolve("tables.bin"), all.toByteArray());

    List<String> verdicts =
        RuntimeProgram.run(
                List.of(
                    program.toString(),
                    folder.resolve("manifest.bin").toString(),
                    folder.resolve("payload.bin").toString(),
                    folder.resolve("tables.bin").toString()))
            .lines()
            .toList();

    Bytes code = module.code().contents();
    assertThat(verdicts).hasSize(TABLES);
    for (int i = 0; i < TABLES; i++) {
      Bytes table = tables.get(i);
      assertThat(verdicts.get(i))
          .as(table.toHex())
          .isEqualTo(
              Integer.toString(verdict(module, table.then(code.slice(table.size(), code.size())))));
    }
    assertThat(verdicts).filteredOn("0"::equals).hasSizeBetween(50, TABLES / 2);
  }

  private static int verdict(NativeModule module, Bytes payload) {
    try {
      NativeTable.read(payload).requireFor(module.file().manifest(), 0);
      return 0;
    } catch (ModuleException e) {
      assertThat(e.code().number()).isEqualTo(REFUSED);
      return REFUSED;
    }
  }

  /// Tables with one to three changes: any byte, or a field to a number near one that matters.
  private static List<Bytes> tables(NativeTable right) {
    SplittableRandom random = new SplittableRandom(4);
    byte[] table = right.write().toByteArray();
    int[] numbers = {0, 1, 2, 4, table.length, right.size(), (int) right.arenaBytes(), right.run()};
    List<Bytes> tables = new ArrayList<>();
    for (int i = 0; i < TABLES; i++) {
      byte[] bytes = table.clone();
      ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        if (random.nextBoolean()) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        } else {
          words.putInt(
              4 * random.nextInt(bytes.length / 4),
              numbers[random.nextInt(numbers.length)] + random.nextInt(-2, 3));
        }
      }
      tables.add(Bytes.of(bytes));
    }
    return tables;
  }

  private void write(NativeModule module) throws IOException {
    Files.write(folder.resolve("manifest.bin"), module.file().encodedManifest().toByteArray());
    Files.write(folder.resolve("payload.bin"), module.code().contents().toByteArray());
  }

  private List<String> firmware(Target target, String shift, String board) {
    boolean arm = target.toolchain().compiler().startsWith("arm");
    List<String> command = new ArrayList<>(List.of(target.toolchain().compiler()));
    command.addAll(target.toolchain().flags());
    command.addAll(arm ? List.of() : List.of("--specs=picolibc.specs"));
    command.addAll(List.of("-Os", "-std=gnu99", "-ffunction-sections", "-fdata-sections"));
    command.addAll(List.of("-DSHIFT=" + shift, "-I" + DEVICE, "-Wa,-I" + folder));
    command.addAll(List.of("-nostartfiles", "-Wl,--gc-sections"));
    command.add("-Wl,--defsym=MOTE_STACK_BYTES=16384");
    command.addAll(List.of("-L" + DEVICE.resolve("port/board"), "-T", board + ".ld"));
    command.add(DEVICE.resolve("test/native/board.c").toString());
    command.add(
        DEVICE
            .resolve("port/board")
            .resolve(arm ? "startup_cortex_m.c" : "startup_riscv.c")
            .toString());
    command.addAll(RuntimeProgram.sources("runtime"));
    command.addAll(List.of("-o", folder.resolve("board.elf").toString()));
    return command;
  }

  private List<String> emulator(Target target, String board) throws IOException {
    boolean arm = target.toolchain().compiler().startsWith("arm");
    Path script = folder.resolve("run");
    Files.writeString(
        script,
        "cd '%s' && exec timeout 60 %s -machine %s -display none -monitor none -serial none"
                .formatted(
                    folder, arm ? "qemu-system-arm" : "qemu-system-riscv32 -bios none", board)
            + " -semihosting-config enable=on,target=native -kernel board.elf\n",
        StandardCharsets.UTF_8);
    return List.of("sh", script.toString());
  }
}
