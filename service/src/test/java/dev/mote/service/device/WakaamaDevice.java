package dev.mote.service.device;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The client that ships with Eclipse Wakaama as an example, with one defect mended, as a process:
/// LwM2M 1.0 over CoAP of Erbium's and, where it proves a key, tinydtls.
final class WakaamaDevice implements AutoCloseable {

  private static final Path SCRIPTS =
      Path.of(System.getProperty("mote.root", "..")).resolve("scripts");

  private static final List<String> DEFINITIONS =
      List.of(
          "-DLWM2M_CLIENT_MODE",
          "-DLWM2M_BOOTSTRAP",
          "-DLWM2M_SUPPORT_JSON",
          "-DLWM2M_LITTLE_ENDIAN");

  private static final List<String> DTLS =
      List.of(
          "dtls", "crypto", "ccm", "hmac", "dtls_debug", "netq", "peer", "dtls_time", "session");

  private final Process process;
  private final PrintWriter commands;
  private final Path said;

  /// Starts one.
  ///
  /// @param program from [#compiled]
  /// @param said file of what it says
  /// @param arguments its own
  WakaamaDevice(Path program, Path said, String... arguments) {
    this.said = said;
    List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", program.toString(), "-4"));
    command.addAll(Arrays.asList(arguments));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.US_ASCII);
  }

  /// The folder of its sources; empty where they cannot be had.
  static Optional<Path> sources() {
    try {
      Process process =
          new ProcessBuilder(SCRIPTS.resolve("sources").toString(), "wakaama")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String folder =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? Optional.of(Path.of(folder)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Compiles it.
  ///
  /// @param isSecure whether with tinydtls
  static Path compiled(Path sources, Path folder, boolean isSecure) throws Exception {
    Path wakaama = sources.resolve("wakaama");
    Path shared = wakaama.resolve("examples/shared");
    Path tinydtls = shared.resolve("tinydtls");
    Path program = folder.resolve(isSecure ? "secure" : "plain");
    List<String> compiler = new ArrayList<>(List.of("gcc", "-w", "-O1"));
    compiler.addAll(DEFINITIONS);
    compiler.addAll(List.of("-I" + wakaama.resolve("core"), "-I" + shared));
    if (isSecure) {
      compiler.addAll(List.of("-DWITH_TINYDTLS", "-DWITH_SHA256"));
      compiler.addAll(List.of("-I" + sources.resolve("tinydtls"), "-I" + tinydtls));
    }
    compiler.addAll(List.of("-o", program.toString()));
    compiler.addAll(
        inFolder(wakaama.resolve("examples/client")).stream()
            .filter(name -> !name.endsWith("object_firmware.c"))
            .toList());
    compiler.add(mended(wakaama.resolve("examples/client/object_firmware.c"), folder).toString());
    compiler.addAll(inFolder(wakaama.resolve("core")));
    compiler.add(wakaama.resolve("core/er-coap-13/er-coap-13.c").toString());
    for (String name :
        List.of(
            "commandline", "platform", "memtrace", isSecure ? "dtlsconnection" : "connection")) {
      compiler.add(shared.resolve(name + ".c").toString());
    }
    if (isSecure) {
      DTLS.forEach(name -> compiler.add(tinydtls.resolve(name + ".c").toString()));
      for (String name : List.of("sha2/sha2.c", "aes/rijndael.c", "ecc/ecc.c")) {
        compiler.add(tinydtls.resolve(name).toString());
      }
    }
    Process gcc = new ProcessBuilder(compiler).redirectErrorStream(true).start();
    String errors = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (gcc.waitFor() != 0) {
      throw new IllegalStateException("the client does not compile:\n" + errors);
    }
    return program;
  }

  /// That file asks for room for three resources and writes six, which ends the client when all of
  /// object 5 is read. Later versions ask for six.
  private static Path mended(Path source, Path folder) throws IOException {
    String text = Files.readString(source, StandardCharsets.ISO_8859_1);
    String right = text.replace("lwm2m_data_new(3)", "lwm2m_data_new(6)");
    if (right.equals(text)) {
      throw new IllegalStateException("there is nothing to mend in " + source + " any more");
    }
    return Files.writeString(
        folder.resolve("object_firmware.c"), right, StandardCharsets.ISO_8859_1);
  }

  private static List<String> inFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Path::toString).filter(name -> name.endsWith(".c")).sorted().toList();
    }
  }

  /// Types something at its prompt.
  void type(String command) {
    commands.println(command);
  }

  /// What it said.
  String said() {
    try {
      return Files.readString(said, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until it has ended by itself.
  ///
  /// @return whether it has
  boolean ends() throws InterruptedException {
    return process.waitFor(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
