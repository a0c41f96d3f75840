package dev.mote.pluginhost.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// How a program is started so that it can do little harm. On Linux the tools of util-linux do it:
/// `prlimit` limits what the kernel counts, `unshare` gives the program namespaces of its own for
/// network, processes and mounts, in which everything but its folder is read-only, and `setpriv`
/// takes its capabilities. What this machine does not allow is not enforced, and [#enforces] says
/// so. Reading is not restricted.
public final class Sandbox {

  private static final String SEAL = resource("seal.sh");
  private static final Duration PROBE = Duration.ofSeconds(10);

  /// Exit status of `timeout` when it killed.
  static final int KILLED = 137;

  private static final class Strongest {
    private static final Sandbox INSTANCE = probe();
  }

  private final Set<Protection> enforced;
  private final List<String> namespaces;

  private Sandbox(Set<Protection> enforced, List<String> namespaces) {
    this.enforced = Collections.unmodifiableSet(enforced);
    this.namespaces = namespaces;
  }

  /// The strongest that this machine allows; found out once.
  public static Sandbox strongest() {
    return Strongest.INSTANCE;
  }

  /// What holds for programs that are started.
  public Set<Protection> enforces() {
    return enforced;
  }

  /// The command that runs `program` in `folder`, which is absolute and without symbolic links.
  List<String> command(Path folder, Limits limits, List<String> program) {
    List<String> command = new ArrayList<>();
    found("timeout")
        .ifPresent(
            timeout ->
                command.addAll(
                    List.of(
                        timeout,
                        "--signal=KILL",
                        (limits.time().toMillis() + 5000) / 1000.0 + "s")));
    if (enforced.contains(Protection.RESOURCES)) {
      command.addAll(
          List.of(
              found("prlimit").orElseThrow(),
              "--as=" + limits.memoryBytes(),
              "--cpu=" + Math.max(1, limits.time().toSeconds() + 1),
              "--fsize=" + limits.fileBytes(),
              "--nofile=1024",
              "--core=0"));
    }
    command.addAll(namespaces);
    if (enforced.contains(Protection.FILES)) {
      command.addAll(List.of("sh", "-c", SEAL, "sh", folder.toString()));
    }
    command.addAll(program);
    return command;
  }

  private static Sandbox probe() {
    EnumSet<Protection> enforced = EnumSet.noneOf(Protection.class);
    if (found("prlimit").isPresent()) {
      enforced.add(Protection.RESOURCES);
    }
    Optional<String> unshare = found("unshare");
    if (unshare.isPresent()) {
      // With a user namespace first: that needs no rights where the kernel allows it.
      for (List<String> user : List.of(List.of("--map-root-user"), List.<String>of())) {
        List<String> apart = new ArrayList<>(List.of(unshare.get()));
        apart.addAll(user);
        apart.addAll(List.of("--net", "--pid", "--fork", "--kill-child=KILL"));
        List<String> sealed = new ArrayList<>(apart);
        sealed.add("--mount");
        EnumSet<Protection> all = EnumSet.copyOf(enforced);
        all.addAll(List.of(Protection.NETWORK, Protection.PROCESSES, Protection.FILES));
        if (found("setpriv").isPresent() && works(new Sandbox(all, sealed))) {
          return new Sandbox(all, sealed);
        }
        EnumSet<Protection> some = EnumSet.copyOf(all);
        some.remove(Protection.FILES);
        if (works(new Sandbox(some, apart))) {
          return new Sandbox(some, apart);
        }
      }
    }
    Sandbox limitsOnly = new Sandbox(EnumSet.copyOf(enforced), List.of());
    return works(limitsOnly)
        ? limitsOnly
        : new Sandbox(EnumSet.noneOf(Protection.class), List.of());
  }

  /// Whether a program that does nothing runs to its end.
  private static boolean works(Sandbox sandbox) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("mote-sandbox").toRealPath();
      Process process =
          new ProcessBuilder(sandbox.command(folder, Limits.STANDARD, List.of("true")))
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(PROBE.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly();
      return ended && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      if (folder != null) {
        WorkFolder.delete(folder);
      }
    }
  }

  private static Optional<String> found(String tool) {
    for (String folder : new String[] {"/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"}) {
      Path path = Path.of(folder, tool);
      if (Files.isExecutable(path)) {
        return Optional.of(path.toString());
      }
    }
    return Optional.empty();
  }

  private static String resource(String name) {
    try (InputStream stream = Sandbox.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
