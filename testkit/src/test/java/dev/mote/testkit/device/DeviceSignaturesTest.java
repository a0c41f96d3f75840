package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The libraries that verify signatures, built from their sources for a Cortex-M4, on the emulated
/// board.
class DeviceSignaturesTest {

  private static final List<String> COMPILER =
      List.of("arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-Os");

  /// Bytes of a key behind what SubjectPublicKeyInfo puts before it.
  private static final Map<SignatureAlgorithm, Integer> KEY_BYTES =
      Map.of(
          SignatureAlgorithm.ES256, 65,
          SignatureAlgorithm.ED25519, 32,
          SignatureAlgorithm.ML_DSA_65, 1952);

  @Test
  void allAlgorithmsAreVerifiedOnACortexM4(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path libraries =
        RuntimeProgram.libraries("cortex-m4", "mbedtls sodium pqclean", COMPILER).orElse(null);
    assumeTrue(libraries != null, "scripts/sources could not fetch the libraries' sources");
    Path mbedTls = RuntimeProgram.mbedTlsSource();
    Files.writeString(folder.resolve("signatures.h"), header());
    Path board = RuntimeProgram.folder("port/board");
    Path program = folder.resolve("signatures.elf");
    List<String> command = new ArrayList<>(COMPILER);
    command.addAll(List.of("-std=gnu99", "-Wall", "-Wextra", "-Werror"));
    command.addAll(List.of(RuntimeProgram.includes(), "-I" + board, "-I" + folder));
    command.addAll(List.of("-I" + mbedTls.resolve("include"), "-o", program.toString()));
    command.add("-DMBEDTLS_CONFIG_FILE=\"port/mbedtls/config.h\"");
    command.addAll(List.of("-nostartfiles", "--specs=nosys.specs", "-Wl,--gc-sections"));
    command.addAll(List.of("-Wl,--defsym=MOTE_STACK_BYTES=65536", "-L" + board));
    command.addAll(List.of("-T", "mps2-an386.ld"));
    command.add(RuntimeProgram.folder("test/board").resolve("signatures.c").toString());
    command.add(board.resolve("startup_cortex_m.c").toString());
    command.add(libraries.toString());
    RuntimeProgram.run(command);

    List<String> emulator = List.of("qemu-system-arm", "-machine", "mps2-an386", "-nographic");
    List<String> all = new ArrayList<>(emulator);
    all.addAll(List.of("-monitor", "none", "-serial", "none", "-semihosting"));
    all.addAll(List.of("-kernel", program.toString()));
    assertThat(RuntimeProgram.run(all)).isEmpty();
  }

  private static String header() {
    StringBuilder text = new StringBuilder("#include <stdint.h>\n");
    Bytes message = Bytes.utf8("what is signed");
    text.append(array("message", message));
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
      Bytes encoded = key.verification().encoded();
      int size = KEY_BYTES.getOrDefault(algorithm, 0);
      String name = algorithm.name().toLowerCase(Locale.ROOT);
      text.append(array(name + "_key", encoded.slice(encoded.size() - size, encoded.size())));
      text.append(array(name + "_signature", key.sign(message)));
    }
    return text.toString();
  }

  private static String array(String name, Bytes bytes) {
    return "static const uint8_t %s[] = {%s};\n"
        .formatted(
            name,
            IntStream.range(0, bytes.size())
                .mapToObj(i -> Integer.toString(bytes.at(i) & 0xff))
                .collect(Collectors.joining(",")));
  }
}
