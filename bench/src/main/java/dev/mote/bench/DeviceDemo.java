package dev.mote.bench;

import dev.mote.emulator.DeviceFirmware;
import dev.mote.ir.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// The life of a module on two emulated devices, told step by step.
final class DeviceDemo {

  /// A device.
  ///
  /// @param title for people
  /// @param target what its code is compiled for
  /// @param board QEMU's name of the board
  private record Chip(String title, String target, String board) {}

  private static final List<Chip> CHIPS =
      List.of(
          new Chip("Cortex-M4", "cortex-m4", "mps2-an386"),
          new Chip("RISC-V RV32IMC", "rv32imc", "virt"));

  private DeviceDemo() {}

  /// Whether all went as it should.
  ///
  /// @param sample the folder `examples/device`
  /// @param folder where keys, modules, firmware and flash go; what it holds is deleted
  static boolean tell(LabelledModel model, Path sample, Path folder) throws IOException {
    Path output = folder.toAbsolutePath().normalize();
    byte[] retrainedFile = Retraining.ofLastLayer(model.file().toByteArray(), model.graph(), 1);
    LabelledModel retrained = model.with(Blob.of(retrainedFile));
    empty(output);
    DemoModules.prepare(output, model, retrained);
    System.out.println("The life of a module on a device: examples/device in the emulator.");
    System.out.println("What the device says stands in quotes.");
    boolean asPromised = true;
    for (Chip chip : CHIPS) {
      Path own = Files.createDirectories(output.resolve(chip.target()));
      Map<String, String> keys =
          Map.of(
              "VENDOR", output.resolve("vendor.pub.pem").toString(),
              "DEVICE", output.resolve("device.pem").toString());
      DeviceFirmware firmware =
          DeviceFirmware.build(sample, chip.board(), keys, own.resolve("firmware"));
      System.out.printf(
          Locale.ROOT,
          "%n%s (QEMU's board %s), firmware of %,d bytes: Mote's runtime and Mbed TLS%n",
          chip.title(),
          chip.board(),
          firmware.flashBytes());
      DemoModules modules = new DemoModules(output, own, chip.target());
      asPromised &= DeviceStory.tell(modules, firmware, model, retrained);
    }
    System.out.printf(
        "%nKeys, modules, firmware and flash of this: %s%nHow to do it with a device of yours:"
            + " docs/howto/put-a-module-on-a-device.md%n",
        output);
    return asPromised;
  }

  private static void empty(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Files.createDirectories(folder);
  }
}
