package dev.mote.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Modules by hand, good and hostile. Their code is that of `_invoke`; `_arena` gives 1024.
class WasmSandboxTest {

  private static final WasmSandbox.Limits LIMITS =
      WasmSandbox.Limits.standard().withInference(Duration.ofSeconds(2)).withMemory(1 << 20);

  private static final int I32 = 0x7f;
  private static final int ONE_PAGE = 1;

  private static final int[] RETURN_0 = {0x41, 0};

  /// Adds 1 to the first byte of the arena, whose address is the parameter.
  private static final int[] INCREMENT = {
    0x20, 0, 0x20, 0, 0x2d, 0, 0, 0x41, 1, 0x6a, 0x3a, 0, 0, 0x41, 0
  };

  @Test
  void aModuleReadsAndWritesItsArena() {
    try (WasmSandbox sandbox = WasmSandbox.open(module(INCREMENT), "m", LIMITS)) {
      sandbox.start(16);
      assertThat(sandbox.read(1, 1).toByteArray()).containsExactly(0xa5);
      sandbox.write(0, Blob.of(new byte[] {41}));
      sandbox.invoke();
      assertThat(sandbox.read(0, 1).toByteArray()).containsExactly(42);
    }
  }

  static Stream<Arguments> misbehaviour() {
    return Stream.of(
        Arguments.of("an endless loop", new int[] {0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 0}, 5006),
        Arguments.of("endless recursion", new int[] {0x20, 0, 0x10, 2}, 5041),
        Arguments.of("unreachable", new int[] {0x00}, 5041),
        Arguments.of("a division by zero", new int[] {0x41, 1, 0x41, 0, 0x6d}, 5041),
        Arguments.of("a status", new int[] {0x41, 3}, 5041),
        Arguments.of(
            "a load beyond memory", new int[] {0x41, 0x7f, 0x28, 2, 0, 0x1a, 0x41, 0}, 5041),
        Arguments.of(
            "endless growth",
            new int[] {0x03, 0x40, 0x41, 1, 0x40, 0, 0x1a, 0x0c, 0, 0x0b, 0x41, 0},
            5006));
  }

  @ParameterizedTest
  @MethodSource("misbehaviour")
  void whatMisbehavesIsStopped(String what, int[] code, int problem) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try (WasmSandbox sandbox = WasmSandbox.open(module(code), "m", LIMITS)) {
            sandbox.start(16);
            assertThatThrownBy(sandbox::invoke)
                .isInstanceOf(DiagnosticException.class)
                .hasMessageContaining("MOTE-" + problem);
          }
        });
  }

  @Test
  void theThreadOfAnEndlessLoopEnds() throws InterruptedException {
    try (WasmSandbox sandbox =
        WasmSandbox.open(module(0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 0), "m", LIMITS)) {
      sandbox.start(16);
      assertThatThrownBy(sandbox::invoke).hasMessageContaining("MOTE-5006");
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(Deadline.THREAD)) {
        thread.join(Duration.ofSeconds(5));
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  static Stream<Arguments> noModules() {
    return Stream.of(
        Arguments.of("nothing", new byte[0], "does not start as"),
        Arguments.of("text", "(module)".getBytes(StandardCharsets.UTF_8), "does not start as"),
        Arguments.of("a header alone", bytes(header()), "memories"),
        Arguments.of("an import", withImport(), "imports 1 things"),
        Arguments.of("a start function", join(header(), section(8, 0)), "a start function"),
        Arguments.of("too much memory", whole(17, RETURN_0), "wants 1,114,112 bytes of memory"),
        Arguments.of("a section too long", join(header(), new int[] {1, 5, 0}), "is not one"),
        Arguments.of(
            "an endless length",
            join(header(), new int[] {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
            "cut off or too long"),
        Arguments.of("code of wrong types", whole(ONE_PAGE, new int[] {0x42, 0}), "type mismatch"));
  }

  @ParameterizedTest
  @MethodSource("noModules")
  void whatIsNoModuleIsRefused(String what, byte[] bytes, String message) {
    assertThatThrownBy(() -> WasmSandbox.open(Blob.of(bytes), "m", LIMITS))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("MOTE-5040")
        .hasMessageContaining(message);
  }

  @Test
  void anotherPrefixIsRefused() {
    assertThatThrownBy(() -> WasmSandbox.open(module(RETURN_0), "other", LIMITS))
        .hasMessageContaining("it exports no 'other_arena'");
  }

  @Test
  void anArenaOutsideOfTheMemoryIsRefused() {
    try (WasmSandbox sandbox = WasmSandbox.open(module(RETURN_0), "m", LIMITS)) {
      assertThatThrownBy(() -> sandbox.start(1 << 20)).hasMessageContaining("MOTE-5041");
      sandbox.start(16);
      assertThatThrownBy(() -> sandbox.read(1 << 20, 4)).hasMessageContaining("MOTE-5041");
    }
  }

  @Test
  void brokenModulesAreRefusedOrRun() {
    byte[] good = whole(ONE_PAGE, INCREMENT);
    SplittableRandom random = new SplittableRandom(11);
    WasmSandbox.Limits brief = LIMITS.withInference(Duration.ofMillis(50));
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] broken = good.clone();
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        broken[random.nextInt(8, broken.length)] = (byte) random.nextInt(256);
      }
      try (WasmSandbox sandbox = WasmSandbox.open(Blob.of(broken), "m", brief)) {
        sandbox.start(16);
        sandbox.invoke();
      } catch (DiagnosticException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(200, 400);
  }

  private static Blob module(int... code) {
    return Blob.of(whole(ONE_PAGE, code));
  }

  private static byte[] whole(int pages, int[] code) {
    int[] types = {3, 0x60, 0, 1, I32, 0x60, 2, I32, I32, 1, I32, 0x60, 1, I32, 1, I32};
    int[] body = concat(new int[] {code.length + 2, 0}, code, new int[] {0x0b});
    return join(
        header(),
        section(1, types),
        section(3, 3, 0, 1, 2),
        section(5, 1, 0, pages),
        section(
            7,
            concat(
                new int[] {4},
                export("memory", 2, 0),
                export("m_arena", 0, 0),
                export("m_init", 0, 1),
                export("m_invoke", 0, 2))),
        section(
            10,
            concat(
                new int[] {3},
                new int[] {5, 0, 0x41, 0x80, 0x08, 0x0b},
                new int[] {4, 0, 0x41, 0, 0x0b},
                body)));
  }

  private static byte[] withImport() {
    return join(header(), section(1, 1, 0x60, 0, 0), section(2, 1, 1, 'e', 1, 'f', 0, 0));
  }

  private static int[] export(String name, int kind, int index) {
    return concat(new int[] {name.length()}, name.chars().toArray(), new int[] {kind, index});
  }

  private static int[] header() {
    return new int[] {0, 'a', 's', 'm', 1, 0, 0, 0};
  }

  private static int[] section(int id, int... content) {
    return concat(new int[] {id, content.length}, content);
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  private static byte[] join(int[]... parts) {
    return bytes(concat(parts));
  }

  private static byte[] bytes(int[] values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int value : values) {
      out.write(value);
    }
    return out.toByteArray();
  }
}
