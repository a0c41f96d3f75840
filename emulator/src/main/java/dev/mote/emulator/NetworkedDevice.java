package dev.mote.emulator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A device of `examples/lwm2m-device` that speaks LwM2M with a server on this machine: on an
/// emulated board with QEMU's user network, or as a process.
///
/// Its flash is a file in a folder and outlives it: the next one that is started there is the same
/// device after a power cut. Its clock is that of this machine, since the server's is as well.
///
/// ```
/// NetworkedFirmware firmware = NetworkedFirmware.build(example, "mps2-an386", output);
/// try (NetworkedDevice device =
///     NetworkedDevice.start(firmware, folder, server, Map.of("endpoint", "board-1", "vendor",
/// key))) {
///   device.await("registered", Duration.ofSeconds(20));
/// }
/// ```
public final class NetworkedDevice implements AutoCloseable {

  /// Where a board of QEMU's user network finds the loopback of this machine.
  private static final String HOST_OF_BOARDS = "10.0.2.2";

  private static final int MOST_LINES = 10_000;

  private final String where;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Consumer<String> listener;
  private int asked;
  private boolean ended;

  private NetworkedDevice(String where, Process process, Consumer<String> listener) {
    this.where = where;
    this.process = process;
    this.listener = listener;
    Thread.ofVirtual().name("console of " + where).start(this::listen);
  }

  /// Switches a device on.
  ///
  /// @param firmware what it runs
  /// @param folder where its flash is kept; a new one is a new device
  /// @param server on the loopback of this machine
  /// @param settings lines of its `device.conf`, as the README of the example lists them
  public static NetworkedDevice start(
      NetworkedFirmware firmware,
      Path folder,
      InetSocketAddress server,
      Map<String, String> settings) {
    return start(firmware, folder, server, settings, line -> {});
  }

  /// The same; each line that the device writes goes to `listener` as well.
  public static NetworkedDevice start(
      NetworkedFirmware firmware,
      Path folder,
      InetSocketAddress server,
      Map<String, String> settings,
      Consumer<String> listener) {
    boolean process = firmware.board().equals(NetworkedFirmware.HOST);
    StringBuilder text = new StringBuilder();
    text.append(
        "server=%s:%d\n".formatted(process ? "127.0.0.1" : HOST_OF_BOARDS, server.getPort()));
    new TreeMap<>(settings).forEach((name, value) -> text.append(name + "=" + value + "\n"));
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("device.conf"), text);
      ProcessBuilder builder =
          new ProcessBuilder(command(firmware))
              .directory(folder.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(folder.resolve("emulator.log").toFile());
      String name = settings.getOrDefault("endpoint", "device") + " on " + firmware.board();
      return new NetworkedDevice(name, builder.start(), listener);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(NetworkedFirmware firmware) {
    String program = firmware.program().toAbsolutePath().toString();
    Optional<Board> board = Board.find(firmware.board());
    if (board.isEmpty()) {
      return List.of(program);
    }
    List<String> command = new ArrayList<>();
    command.add(RequiredTools.require(board.get().emulator()));
    command.addAll(board.get().machine());
    command.addAll(List.of("-display", "none", "-monitor", "none", "-serial", "none"));
    command.addAll(List.of("-semihosting-config", "enable=on,target=native"));
    command.addAll(network(firmware.board()));
    command.addAll(List.of("-kernel", program));
    return command;
  }

  /// The boards of Arm have a network interface of their own; RISC-V's gets one as a device.
  private static List<String> network(String board) {
    return board.equals("virt")
        ? List.of(
            "-netdev",
            "user,id=net",
            "-global",
            "virtio-mmio.force-legacy=false",
            "-device",
            "virtio-net-device,netdev=net")
        : List.of("-nic", "user");
  }

  /// All that it has said.
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /// Waits for a line that starts with `start`, and stands behind the one that was waited for
  /// before.
  ///
  /// @return the line; empty when it did not come in time, or when the device ended
  public synchronized Optional<String> await(String start, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      for (; asked < lines.size(); asked++) {
        if (lines.get(asked).startsWith(start)) {
          return Optional.of(lines.get(asked++));
        }
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (ended || left <= 0) {
        return Optional.empty();
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Problems.broken(where, "the run was interrupted");
      }
    }
  }

  /// Whether it has power.
  public boolean isOn() {
    return process.isAlive();
  }

  /// Ends it without a warning, whatever it does.
  public void cutPower() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problems.broken(where, "the run was interrupted");
    }
  }

  @Override
  public void close() {
    cutPower();
  }

  private void listen() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        add(line);
        listener.accept(line);
      }
    } catch (IOException e) {
      add("(its console broke: " + e.getMessage() + ")");
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  private synchronized void add(String line) {
    if (lines.size() < MOST_LINES) {
      lines.add(line);
    }
    notifyAll();
  }
}
