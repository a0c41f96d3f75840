package dev.mote.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.targets.Targets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequiredToolsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "host; gcc libc6-dev",
        "cortex-m4; gcc-arm-none-eabi libnewlib-arm-none-eabi binutils-arm-none-eabi"
            + " qemu-system-arm gcc libc6-dev",
        "esp32c3; gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf"
            + " binutils-riscv64-unknown-elf qemu-system-misc gcc libc6-dev"
      })
  void everyTargetNamesItsDebianPackages(String target, String packages) {
    assertThat(RequiredTools.debianPackages(RequiredTools.of(Targets.find(target))))
        .containsExactly(packages.split(" "));
  }

  @Test
  void noTargetNeedsAnythingElse() {
    assertThat(Targets.all().stream().flatMap(target -> RequiredTools.of(target).stream()))
        .extracting(RequiredTools.Tool::executable)
        .containsOnly(
            "gcc",
            "clang",
            "arm-none-eabi-gcc",
            "arm-none-eabi-objdump",
            "qemu-system-arm",
            "riscv64-unknown-elf-gcc",
            "riscv64-unknown-elf-objdump",
            "qemu-system-riscv32");
  }

  @Test
  void aToolThatIsNotInstalledIsNamedWithItsPackage() {
    assertThat(RequiredTools.named("sh").locate()).isPresent();
    assertThatThrownBy(() -> RequiredTools.require("mote-no-such-tool"))
        .hasMessage(
            """
            MOTE-5001 tool 'mote-no-such-tool': it is not on the PATH
              Fix: On Debian: apt-get install mote-no-such-tool.""");
  }
}
