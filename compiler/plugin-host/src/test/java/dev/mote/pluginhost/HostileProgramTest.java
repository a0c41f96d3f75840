package dev.mote.pluginhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Compiler.Result;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.process.Limits;
import dev.mote.pluginhost.process.Protection;
import dev.mote.pluginhost.process.Sandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Programs that do not do what a plugin should: each ends in a reason, and none in a hang.
class HostileProgramTest {

  private static final Limits LIMITS = Limits.STANDARD.withTime(Duration.ofSeconds(20));

  /// An answer with one file `small.h` of 3 bytes; holes: name, size, digest.
  private static final String ANSWER =
      """
      echo '{"id":2,"result":{"payload":{"kind":"c-sources","entry":"small","requires":\
      {"architecture":"any","ramBytes":0,"flashBytes":3},"files":[{"name":"%s","size":%d,\
      "sha256":"%s"}]}}}'""";

  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir private Path folder;

  private Result compile(String behaviour, Limits limits, Progress progress) throws IOException {
    Path program = Fixtures.program(folder, Fixtures.DESCRIPTION, behaviour);
    return CheckedCompiler.of(ExternalCompiler.open(program, limits))
        .compile(Fixtures.request(), progress);
  }

  private void assertEndsWith(String behaviour, int code, String what) {
    assertThatThrownBy(() -> compile(behaviour, LIMITS, Progress.NONE))
        .isInstanceOfSatisfying(
            DiagnosticException.class,
            e -> assertThat(e.diagnostics().getFirst().code()).isEqualTo(code))
        .hasMessageContaining(what);
  }

  /// In the table `¦` stands for a pipe.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "echo hello                              | 7004 | it printed 'hello'",
        "echo                                    | 7004 | it is no JSON",
        "echo '[1]'                              | 7004 | it is no JSON object",
        "echo '{\"id\":2,\"result\":{}} {}'      | 7004 | something follows",
        "echo '{\"id\":2,\"id\":3}'              | 7004 | Duplicate",
        "echo '{\"id\":7,\"result\":{}}'         | 7004 | answer.id is not that of the request",
        "echo '{\"id\":2}'                       | 7004 | answer.result is missing",
        "echo '{\"id\":2,\"result\":{}}'         | 7004 | answer.reasons is missing or empty",
        "echo '{\"id\":2,\"result\":{\"payload\":7}}' | 7004 | payload is no object",
        "printf '{\"a\":%0100d\\n' 0 ¦ tr 0 '['  | 7004 | nesting",
        "echo '{\"id\":2,\"error\":{\"code\":1,\"message\":\"no\"}}' | 7005 | with the error 'no'",
        "head -c 3000000 /dev/zero               | 7003 | a line of more than 1,048,576 bytes",
        "while :; do echo '{\"method\":\"progress\",\"params\":{\"done\":0,\"what\":\"\"}}'; done | 7003 | progress more than",
        "echo '{\"method\":\"progress\",\"params\":{\"done\":2,\"what\":\"\"}}' | 7004 | done is not from 0 to 1",
        "echo boom >&2; exit 3                   | 7005 | with status 3 before it answered 'compile'; it said: boom",
        "exit 0                                  | 7005 | ended with status 0 before it answered",
      })
  void whatIsNoAnswerIsAnError(String behaviour, int code, String what) {
    assertEndsWith(behaviour.replace('¦', '|'), code, what);
  }

  @Test
  void whoeverNeverAnswersIsEnded() {
    assertThatThrownBy(
            () -> compile("sleep 600", LIMITS.withTime(Duration.ofSeconds(1)), Progress.NONE))
        .hasMessageContaining("MOTE-7003")
        .hasMessageContaining("it did not answer 'compile' within 1.0 s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "../in/graph.json | 3 | ~~                               | its name is none",
        "/etc/passwd      | 3 | ~~                               | its name is none",
        "..               | 3 | ~~                               | its name is none",
        "small.h          | 3 | ~~                               | there is no plain file",
        "small.h          | 4 | printf abc >out/small.h          | there is no plain file out/small.h of 4 bytes",
        "small.h          | 3 | printf abx >out/small.h          | its SHA-256 is",
        "small.h          | 3 | printf abc >tmp/x; ln -s ../tmp/x out/small.h | there is no plain file",
        "small.h          | 3 | printf abc >tmp/small.h; rm -r out; ln -s tmp out | there is no plain file",
        "small.h          | 3 | mkdir out/small.h                | there is no plain file",
        "small.h          | 3 | mkfifo out/small.h               | there is no plain file",
      })
  void filesThatAreNotWhatTheySayAreRefused(
      String name, int size, String preparation, String what) {
    assertEndsWith(preparation + "\n" + ANSWER.formatted(name, size, ABC), 7006, what);
  }

  @Test
  void aGoodAnswerOfTheSameKindIsTaken() throws IOException {
    assertThat(
            compile(
                "printf abc >out/small.h\n" + ANSWER.formatted("small.h", 3, ABC),
                LIMITS,
                Progress.NONE))
        .isInstanceOf(Result.Module.class);
  }

  @Test
  void whatIgnoresItsCancellationIsEnded() {
    Progress impatient =
        new Progress() {
          private volatile boolean cancelled;

          @Override
          public void report(double done, String what) {
            cancelled = true;
          }

          @Override
          public boolean isCancelled() {
            return cancelled;
          }
        };

    assertThatThrownBy(
            () ->
                compile(
                    "echo '{\"method\":\"progress\",\"params\":{\"done\":0,\"what\":\"\"}}'\nsleep 600",
                    LIMITS,
                    impatient))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void nothingIsWrittenOutsideOfItsFolder() {
    assumeEnforced(Protection.FILES);
    Path outside = folder.resolve("outside");

    assertEndsWith(
        "echo x >'%s' || { mkdir '%s.d'; exit 8; }".formatted(outside, outside),
        7005,
        "with status 8");

    assertThat(outside).doesNotExist();
    assertThat(Path.of(outside + ".d")).doesNotExist();
  }

  @Test
  void thereIsNoNetwork() throws IOException {
    assumeEnforced(Protection.NETWORK);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertEndsWith(
          "(exec 3<>/dev/tcp/127.0.0.1/%d) || exit 8".formatted(server.getLocalPort()),
          7005,
          "with status 8");
    }
  }

  @Test
  void memoryAndFilesAreLimited() {
    assumeEnforced(Protection.RESOURCES);
    assertThatThrownBy(
            () ->
                compile(
                    "dd if=/dev/zero of=/dev/null bs=400M count=1 || exit 8",
                    LIMITS.withMemory(200L << 20),
                    Progress.NONE))
        .hasMessageContaining("with status 8");
    assertEndsWith(
        "trap '' XFSZ; head -c 70000000 /dev/zero >out/large || exit 9", 7005, "with status 9");
  }

  @Test
  void whatItStartedEndsWithIt() {
    assumeEnforced(Protection.PROCESSES);

    assertEndsWith("(setsid sleep 7654321 &)\nexit 4", 7005, "status 4");

    assertThat(
            ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains("sleep 7654321")))
        .isEmpty();
  }

  @Test
  void itSeesNoMoreOfTheEnvironmentThanItNeeds() {
    assertThatThrownBy(
            () ->
                compile(
                    "for v in $(compgen -e); do echo -n \"$v \" >&2; done; exit 5",
                    LIMITS,
                    Progress.NONE))
        .satisfies(
            e -> {
              String said = String.valueOf(e.getMessage()).replaceAll("(?s).*it said: |\\n.*", "");
              assertThat(said.split(" "))
                  .isSubsetOf("HOME", "LC_ALL", "OLDPWD", "PATH", "PWD", "SHLVL", "TMPDIR", "_");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"licence\":\"MIT\",            | ~~                      | description.licence",
        "\"licence\":\"MIT\"             | \"licence\":\" \"       | the licence is a line",
        "\"name\":\"rogue\"              | \"name\":\"Rogue One\"  | 'Rogue One' is no name of a compiler",
        "[\"c-sources\"]                 | [\"firmware\"]          | 'firmware' is no kind of payload",
        "[\"c-sources\"]                 | []                      | builds at least one kind",
        "\"properties\":{}               | \"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"(a+)+\"}} | has the keyword 'pattern'",
        "\"additionalProperties\":false  | \"additionalProperties\":true | additionalProperties is not false",
      })
  void anIncompleteDescriptionIsRefused(String from, String to, String what) throws IOException {
    Path program = Fixtures.program(folder, Fixtures.DESCRIPTION.replace(from, to), "exit 1");

    assertThatThrownBy(() -> CheckedCompiler.of(ExternalCompiler.open(program, LIMITS)))
        .hasMessageContaining("MOTE-7008")
        .hasMessageContaining(what.replace("description.", ""));
  }

  @Test
  void whatIsNoProgramIsNotStarted() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "no program");

    assertThatThrownBy(() -> ExternalCompiler.open(text, LIMITS))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("text");
  }

  private static void assumeEnforced(Protection protection) {
    assumeTrue(
        Sandbox.strongest().enforces().contains(protection),
        () -> "this machine does not enforce: " + protection.label());
  }
}
