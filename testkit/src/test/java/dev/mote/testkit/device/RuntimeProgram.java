package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.cose.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.XECPrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The test program of `device/test`, built with sanitizers.
///
/// @param executable where it is
record RuntimeProgram(Path executable) {

  private static final Path DEVICE = Path.of(System.getProperty("mote.root", ".."), "device");
  private static final Path TARGET = DEVICE.resolve("../testkit/target").normalize();
  private static final Map<String, RuntimeProgram> BUILT = new HashMap<>();
  private static final Path MBED_TLS = Path.of("/usr/include/mbedtls/ecdsa.h");
  private static final int POINT_BYTES = 65;

  /// Builds it, once for each compiler; the test is skipped where Mbed TLS is not installed.
  static RuntimeProgram build(String compiler) throws IOException, InterruptedException {
    return build(compiler, List.of());
  }

  /// The same with switches of the runtime.
  static RuntimeProgram build(String compiler, List<String> switches)
      throws IOException, InterruptedException {
    assumeMbedTls();
    synchronized (BUILT) {
      String name = compiler + (switches.isEmpty() ? "" : "-small");
      RuntimeProgram program = BUILT.get(name);
      if (program == null) {
        program = compile(compiler, name, switches);
        BUILT.put(name, program);
      }
      return program;
    }
  }

  private static RuntimeProgram compile(String compiler, String name, List<String> switches)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(TARGET.resolve("device-test"));
    Path executable = folder.resolve("runtime-test-" + name);
    List<String> command = new ArrayList<>(List.of(compiler));
    command.addAll(switches);
    command.addAll(
        List.of("-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic"));
    command.addAll(List.of("-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"));
    command.addAll(List.of("-I" + DEVICE, "-o", executable.toString()));
    command.addAll(sources("runtime", "port/posix", "port/mbedtls", "test"));
    Optional<Path> libraries = otherLibraries();
    if (libraries.isPresent()) {
      command.add("-DMOTE_TEST_ALL_ALGORITHMS=1");
      command.add(libraries.get().toString());
      command.add("-Wl,--gc-sections");
    }
    command.add("-lmbedcrypto");
    run(command);
    return new RuntimeProgram(executable);
  }

  /// libsodium and PQClean with their ports for this machine; nothing without their sources.
  static Optional<Path> otherLibraries() throws IOException, InterruptedException {
    return libraries("host", "sodium pqclean", List.of("gcc", "-O2"));
  }

  /// Cryptographic libraries with their ports, built from sources; nothing without these.
  static Optional<Path> libraries(String name, String parts, List<String> compiler)
      throws IOException, InterruptedException {
    synchronized (BUILT) {
      Path folder = TARGET.resolve("device-crypto").resolve(name);
      List<String> command = new ArrayList<>(List.of(script("device-crypto"), folder.toString()));
      command.add(parts);
      command.addAll(compiler);
      Process build = new ProcessBuilder(command).redirectErrorStream(true).start();
      build.getInputStream().readAllBytes();
      return build.waitFor() == 0
          ? Optional.of(folder.resolve("libmotecrypto.a"))
          : Optional.empty();
    }
  }

  static void assumeMbedTls() {
    assumeTrue(
        Files.exists(MBED_TLS),
        "the device runtime is tested with Mbed TLS: apt-get install libmbedtls-dev");
  }

  /// Where the sources of Mbed TLS are, after a library was built of them.
  static Path mbedTlsSource() throws IOException, InterruptedException {
    return Path.of(run(List.of(script("sources"), "mbedtls")).strip());
  }

  private static String script(String name) {
    return DEVICE.resolve("../scripts").resolve(name).normalize().toString();
  }

  /// A folder of `device`.
  static Path folder(String name) {
    return DEVICE.resolve(name);
  }

  /// The C files of these folders of `device`.
  static List<String> sources(String... folders) {
    return Arrays.stream(folders)
        .flatMap(folder -> list(DEVICE.resolve(folder)))
        .map(Path::toString)
        .filter(name -> name.endsWith(".c"))
        .sorted()
        .toList();
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the program prints.
  String call(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(executable.toString()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  /// Runs a command that must succeed; what it prints.
  static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /// Flags with which a device finds its headers.
  static String includes() {
    return "-I" + DEVICE;
  }

  /// Writes a key as the program reads it: its identifier and its point.
  static String keyFile(SigningKey key, Path folder) throws IOException {
    byte[] encoded = key.verification().encoded().toByteArray();
    Path file = folder.resolve("key");
    Files.write(file, key.verification().id().toByteArray());
    Files.write(
        file,
        Arrays.copyOfRange(encoded, encoded.length - POINT_BYTES, encoded.length),
        java.nio.file.StandardOpenOption.APPEND);
    return file.toString();
  }

  /// Writes keys of recipients as the program reads them: curve, size, identifier, secret.
  static String recipientsFile(List<? extends RecipientKey> keys, Path folder) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (RecipientKey key : keys) {
      byte[] secret =
          switch (key) {
            case RecipientKey.Shared shared -> shared.secret().toByteArray();
            case RecipientKey.Private own when own.key() instanceof XECPrivateKey montgomery ->
                montgomery.getScalar().orElseThrow();
            case RecipientKey.Private own -> bigEndian(((ECPrivateKey) own.key()).getS());
            case RecipientKey.Public _ -> throw new IllegalArgumentException("it has no secret");
          };
      int curve =
          switch (key) {
            case RecipientKey.Private own -> own.publicKey().curve() == Curve.P256 ? 1 : 4;
            default -> 0;
          };
      all.write(curve);
      all.write(secret.length);
      all.writeBytes(key.id().toByteArray());
      all.writeBytes(Arrays.copyOf(secret, 32));
    }
    return Files.write(folder.resolve("recipients"), all.toByteArray()).toString();
  }

  /// 32 bytes.
  static byte[] bigEndian(BigInteger scalar) {
    byte[] bytes = scalar.toByteArray();
    byte[] padded = new byte[32];
    int size = Math.min(bytes.length, padded.length);
    System.arraycopy(bytes, bytes.length - size, padded, padded.length - size, size);
    return padded;
  }
}
