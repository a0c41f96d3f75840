package dev.mote.emulator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A device of `examples/device` on an emulated board: its power, its flash, and the line over
/// which it is talked to.
///
/// Flash is a file in a folder and outlives the device: the next one that is started there is the
/// same device after a power cut. One instruction takes 8 ns of the emulated time, so that what the
/// device counts is the same in every run.
public final class EmulatedDevice implements AutoCloseable {

  /// As much as any conversation of a test or a demonstration takes, many times over.
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final String READY = "ready";
  private static final String REQUEST = "? ";
  private static final int NEVER = Integer.MAX_VALUE;

  private final String where;
  private final Process process;
  private final BufferedReader lines;
  private final OutputStream line;
  private final List<String> greeting;

  private EmulatedDevice(String where, Process process) throws IOException {
    this.where = where;
    this.process = process;
    lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
    line = process.getOutputStream();
    greeting = answer(new byte[0], NEVER);
  }

  /// Switches a device on.
  ///
  /// @param firmware what it runs
  /// @param folder where its flash is kept; a new one is a new device
  public static EmulatedDevice start(DeviceFirmware firmware, Path folder) {
    return start(firmware, folder, 0);
  }

  /// Switches a device on whose power fails within the flash operation of this number, counted from
  /// 1; with 0 it does not fail.
  public static EmulatedDevice start(DeviceFirmware firmware, Path folder, int failingOperation) {
    try {
      byte[] operation =
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(failingOperation).array();
      Files.write(folder.resolve("power"), operation);
      ProcessBuilder builder =
          new ProcessBuilder(command(firmware))
              .directory(folder.toFile())
              .redirectError(folder.resolve("emulator.log").toFile());
      return new EmulatedDevice(firmware.board() + ", sample device", builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(DeviceFirmware firmware) {
    Board board = Board.find(firmware.board()).orElseThrow();
    List<String> command = new ArrayList<>(Command.limited(LIMIT));
    command.add(RequiredTools.require(board.emulator()));
    command.addAll(board.machine());
    command.addAll(List.of("-display", "none", "-monitor", "none", "-serial", "none"));
    command.addAll(List.of("-semihosting-config", "enable=on,target=native"));
    command.addAll(List.of("-icount", "shift=3", "-kernel", firmware.program().toString()));
    return command;
  }

  /// What it said when it was switched on.
  public List<String> greeting() {
    return greeting;
  }

  /// Whether it has power.
  public boolean isOn() {
    return process.isAlive();
  }

  /// Gives a command; what it says, all lines but the last, which says that it is ready. After a
  /// power cut these are the lines that came until then.
  public List<String> ask(String command) {
    return ask(command, new byte[0]);
  }

  /// Gives a command that takes bytes, and hands over those that the device asks for.
  public List<String> ask(String command, byte[] bytes) {
    return ask(command, bytes, NEVER);
  }

  /// Gives a command that takes bytes, and cuts the power when the device asks for a byte behind
  /// the first `cutAt` ones.
  public List<String> ask(String command, byte[] bytes, int cutAt) {
    try {
      send((command + "\n").getBytes(StandardCharsets.US_ASCII));
      return answer(bytes, cutAt);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Ends it without a warning, whatever it does.
  public void cutPower() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw Problems.broken(where, "the run was interrupted");
    }
  }

  @Override
  public void close() {
    cutPower();
  }

  private List<String> answer(byte[] bytes, int cutAt) throws IOException {
    List<String> said = new ArrayList<>();
    @Nullable String next = lines.readLine();
    while (next != null && !next.equals(READY)) {
      if (!next.startsWith(REQUEST)) {
        said.add(next);
      } else if (!serve(next, bytes, cutAt)) {
        cutPower();
        return said;
      }
      next = lines.readLine();
    }
    if (next == null) {
      cutPower();
    }
    return said;
  }

  /// Sends what `request` asks for; false when that is behind `cutAt`.
  private boolean serve(String request, byte[] bytes, int cutAt) throws IOException {
    String[] words = request.split(" ", -1);
    int offset = Integer.parseInt(words[1]);
    int size = Integer.parseInt(words[2]);
    if (offset + size > bytes.length) {
      throw Problems.broken(where, "it asked for bytes that there are not: " + request);
    }
    if (offset + size > cutAt) {
      return false;
    }
    line.write(bytes, offset, size);
    line.flush();
    return true;
  }

  /// A device whose power failed does not listen; that is no error.
  private void send(byte[] bytes) {
    try {
      line.write(bytes);
      line.flush();
    } catch (IOException e) {
      cutPower();
    }
  }
}
