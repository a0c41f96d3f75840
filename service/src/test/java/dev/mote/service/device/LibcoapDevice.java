package dev.mote.service.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The client in `src/test/c/lwm2m-libcoap` as a process: LwM2M on somebody else's CoAP and DTLS.
final class LibcoapDevice implements AutoCloseable {

  private static final Path SOURCES =
      Path.of(System.getProperty("mote.root", ".."), "service/src/test/c/lwm2m-libcoap");

  private static final List<String> FLAGS =
      List.of(
          "-std=c11",
          "-D_GNU_SOURCE",
          "-O1",
          "-g",
          "-Wall",
          "-Wextra",
          "-Werror",
          "-fsanitize=address,undefined",
          "-fno-sanitize-recover");

  private static final Map<String, Path> PROGRAMS = new ConcurrentHashMap<>();

  private final List<String> command;
  private final Path store;
  private Process process;

  /// Starts one.
  ///
  /// @param dtls the library that libcoap does DTLS with: `openssl`, `gnutls` or `notls`
  /// @param arguments its own, without `--store`
  LibcoapDevice(String dtls, Path store, String... arguments) {
    this.store = store;
    command = new ArrayList<>(List.of(program(dtls), "--store", store.toString()));
    command.addAll(Arrays.asList(arguments));
    process = run();
  }

  /// Whether what it stands on is installed.
  static boolean isPossible() {
    return Files.exists(Path.of("/usr/include/coap3/coap.h"));
  }

  private static String program(String dtls) {
    return PROGRAMS.computeIfAbsent(dtls, LibcoapDevice::compiled).toString();
  }

  private static Path compiled(String dtls) {
    try (var sources = Files.list(SOURCES)) {
      Path folder = Files.createTempDirectory("lwm2m-libcoap");
      Path program = folder.resolve(dtls);
      // In the other order.
      folder.toFile().deleteOnExit();
      program.toFile().deleteOnExit();
      List<String> compiler = new ArrayList<>(List.of("gcc"));
      compiler.addAll(FLAGS);
      compiler.addAll(List.of("-o", program.toString()));
      sources.map(Path::toString).filter(s -> s.endsWith(".c")).sorted().forEach(compiler::add);
      compiler.add("-lcoap-3-" + dtls);
      Process gcc = new ProcessBuilder(compiler).redirectErrorStream(true).start();
      String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (gcc.waitFor() != 0) {
        throw new IllegalStateException("the client does not compile:\n" + said);
      }
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Process run() {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(store.resolve("said").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The package that it took last.
  byte[] received() {
    try {
      return Files.readAllBytes(store.resolve("package"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What it said of itself.
  String said() {
    try {
      return Files.readString(store.resolve("said"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Loses its power, and gets it back.
  void cutPower() throws InterruptedException {
    process.destroyForcibly().waitFor();
    process = run();
  }

  /// Lets it say goodbye.
  ///
  /// @return its exit code; 0 when the server answered
  int stop() throws InterruptedException {
    process.destroy();
    return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
