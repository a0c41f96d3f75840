package dev.mote.testkit.fuzz;

import dev.mote.module.Device;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleReceiver;
import dev.mote.module.Payload;
import dev.mote.module.TrustList;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A device twice: as the library in Java is one, and as the runtime in C, under sanitizers. Both
/// trust one key, have the seeds' group key, and use the payload that deltas are made from.
public final class BothSides {

  /// Switches of the smallest runtime: modules in full and in the clear, keys of the firmware, and
  /// only those fields of a manifest checked that it uses itself.
  public static final List<String> SMALL =
      List.of("-DMOTE_STRICT=0", "-DMOTE_ENCRYPTION=0", "-DMOTE_DELTAS=0", "-DMOTE_TRUST_LISTS=0");

  private static final int POINT_BYTES = 65;
  private static final int SECRET_BYTES = 32;

  private static final Device DEVICE =
      new Device(
          Set.of("armv7e-m"),
          Set.of("dsp", "fpu-sp"),
          Optional.of("aapcs"),
          1 << 16,
          16 * 1024,
          1002,
          List.of(Payload.Kind.NATIVE, Payload.Kind.TFLITE));

  private final Path folder;
  private final Path program;
  private final TrustList trust;

  /// Builds the runtime with its test program.
  ///
  /// @param compiler for instance `gcc`
  /// @param key of ES256, which signs
  /// @param predecessor the module that is installed
  public BothSides(Path folder, String compiler, SigningKey key, Bytes predecessor)
      throws IOException {
    this(folder, compiler, List.of(), key, predecessor);
  }

  /// The same with switches of the runtime.
  public BothSides(
      Path folder, String compiler, List<String> switches, SigningKey key, Bytes predecessor)
      throws IOException {
    this.folder = folder;
    this.program = folder.resolve("runtime-test");
    this.trust = TrustList.of(List.of(key.verification()));
    build(compiler, switches);
    byte[] encoded = key.verification().encoded().toByteArray();
    ByteArrayOutputStream trusted = new ByteArrayOutputStream();
    trusted.writeBytes(key.verification().id().toByteArray());
    trusted.write(encoded, encoded.length - POINT_BYTES, POINT_BYTES);
    Files.write(folder.resolve("key"), trusted.toByteArray());
    ByteArrayOutputStream recipient = new ByteArrayOutputStream();
    recipient.write(0);
    recipient.write(ModuleSeeds.GROUP.secret().size());
    recipient.writeBytes(ModuleSeeds.GROUP.id().toByteArray());
    recipient.writeBytes(Arrays.copyOf(ModuleSeeds.GROUP.secret().toByteArray(), SECRET_BYTES));
    Files.write(folder.resolve("recipients"), recipient.toByteArray());
    Files.write(folder.resolve("base"), predecessor.toByteArray());
  }

  private void build(String compiler, List<String> switches) throws IOException {
    Path device = Path.of(System.getProperty("mote.root", "..")).resolve("device");
    List<String> command = new ArrayList<>(List.of(compiler, "-std=c99", "-O1", "-g"));
    command.addAll(switches);
    command.addAll(List.of("-fsanitize=address,undefined", "-fno-sanitize-recover=all"));
    command.addAll(List.of("-I" + device, "-o", program.toString()));
    for (String part : List.of("runtime", "port/posix", "port/mbedtls", "test")) {
      try (Stream<Path> files = Files.list(device.resolve(part))) {
        files
            .map(Path::toString)
            .filter(name -> name.endsWith(".c"))
            .sorted()
            .forEach(command::add);
      }
    }
    command.add("-lmbedcrypto");
    run(command);
  }

  /// The codes by which the runtime in C refuses files; 0 for what it installs.
  public List<String> inC(List<Bytes> files) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Bytes file : files) {
      ByteBuffer size = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      all.writeBytes(size.putInt(file.size()).array());
      all.writeBytes(file.toByteArray());
    }
    Files.write(folder.resolve("list"), all.toByteArray());
    List<String> command = new ArrayList<>(List.of(program.toString(), "verdicts"));
    Stream.of("key", "recipients", "base", "list")
        .forEach(name -> command.add(folder.resolve(name).toString()));
    List<String> codes = run(command).lines().toList();
    if (codes.size() != files.size()) {
      throw new IllegalStateException(codes.size() + " answers to " + files.size() + " files");
    }
    return codes;
  }

  /// The code by which the library refuses a file; 0 when it receives all of it.
  public String inJava(Bytes file) throws IOException {
    ModuleReceiver receiver =
        new ModuleReceiver(
            trust, DEVICE::choose, List.of(ModuleSeeds.GROUP), Optional.of(ModuleSeeds.OLD));
    try {
      receiver.receive(
          (offset, most) ->
              offset >= file.size()
                  ? Bytes.EMPTY
                  : file.slice((int) offset, (int) Math.min(file.size(), offset + most)),
          new StoredBlocks());
      return "0";
    } catch (ModuleException e) {
      return Integer.toString(e.code().number());
    }
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + "\n" + output);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return output;
  }
}
