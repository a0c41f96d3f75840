package dev.mote.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.Payload;
import dev.mote.module.Signal;
import dev.mote.module.cbor.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSelfTestTest {

  private static final String SOURCE =
      """
      int twice_init(unsigned char *arena, long size) { arena[4] = 0; return size == 8 ? 0 : 1; }
      int twice_invoke(unsigned char *arena) {
        for (int i = 0; i < 4; i++) { arena[4 + i] = (unsigned char)(2 * arena[i]); }
        return 0;
      }
      """;

  @TempDir private static Path folder;
  private static Bytes library = Bytes.EMPTY;

  @BeforeAll
  static void compile() throws Exception {
    Files.writeString(folder.resolve("twice.c"), SOURCE);
    Process compiler =
        new ProcessBuilder("cc", "-shared", "-fPIC", "-o", "twice.so", "twice.c")
            .directory(folder.toFile())
            .inheritIO()
            .start();
    assertThat(compiler.waitFor()).isZero();
    library = Bytes.of(Files.readAllBytes(folder.resolve("twice.so")));
  }

  private static Manifest manifest(String output) {
    Payload payload =
        Payload.of(
                Payload.Kind.SHARED_LIBRARY,
                library,
                new Payload.Requirements("x86-64", List.of(), Optional.of("sysv"), 8, 0, 0))
            .withEntry("twice")
            .withMemory(new Payload.MemoryPlan(8, 4, List.of(0), List.of(4), 0, 0));
    Golden golden =
        new Golden(
            List.of(new Golden.Input.Literal(Bytes.hex("01020340"))),
            List.of(new Golden.Output.Exact(Bytes.hex(output))));
    return new Manifest(
        1,
        new Manifest.Identity(
            Bytes.hex("00112233445566778899aabbccddeeff"),
            Bytes.hex("ffeeddccbbaa99887766554433221100"),
            "twice",
            "1",
            Optional.empty()),
        new Manifest.Provenance(Bytes.utf8("model").sha256(), "tflite", "mote", "0.1.0", Map.of()),
        List.of(payload),
        List.of(signal("in")),
        List.of(signal("out")),
        List.of(),
        List.of(),
        List.of(golden),
        Optional.empty(),
        Map.of());
  }

  private static Signal signal(String name) {
    return new Signal(
        name,
        List.of(1, 4),
        Signal.Type.INT8,
        Optional.of(1f),
        Optional.of(0),
        Optional.empty(),
        List.of());
  }

  @Test
  void aLibraryMustGiveWhatTheVectorsSay() {
    HostSelfTest test = new HostSelfTest();
    assertThat(test.passes(manifest("02040680"), 0, library)).isTrue();
    assertThat(test.passes(manifest("02040681"), 0, library)).isFalse();
  }
}
