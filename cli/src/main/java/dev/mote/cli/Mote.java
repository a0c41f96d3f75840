package dev.mote.cli;

import dev.mote.client.ServiceProblem;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.module.ModuleException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command `mote`.
@Command(
    name = "mote",
    description = "Turns a trained model into verified C for a microcontroller.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      InspectCommand.class,
      ConvertCommand.class,
      CompressCommand.class,
      CompileCommand.class,
      RunCommand.class,
      VerifyCommand.class,
      BenchCommand.class,
      QuantizeCommand.class,
      EvaluateCommand.class,
      SensitivityCommand.class,
      OptimizeCommand.class,
      ModuleCommand.class,
      PluginCommand.class,
      TargetsCommand.class,
      LoginCommand.class,
      LogoutCommand.class,
      ModelsCommand.class,
      ModulesCommand.class,
      ServiceBuildCommand.class,
      DevicesCommand.class,
      RolloutCommand.class,
      JobsCommand.class,
      ErrorsCommand.class,
      CompletionCommand.class,
    },
    footer = {
      "",
      "Try: mote inspect model.tflite",
      "     mote compile model.tflite --target cortex-m4 -o out/",
      "     mote verify model.tflite --target cortex-m4",
      "With a service: mote login URL, then mote models, build, devices, rollout",
      "Help on a command: mote COMMAND --help"
    })
public final class Mote {

  /// Exit codes: done, bad input, wrong usage, a defect of Mote.
  static final int OK = 0;

  static final int BAD_INPUT = 1;
  static final int BAD_USAGE = 2;
  static final int DEFECT = 70;

  /// Code of the diagnostic for every defect.
  private static final int DEFECT_CODE = 9001;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Print where in Mote an error arose; for bug reports.")
  private boolean stacktrace;

  private Mote() {}

  public static void main(String[] args) {
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    int exitCode = run(out, err, args);
    out.flush();
    err.flush();
    System.exit(exitCode);
  }

  /// Runs one command and returns its exit code.
  ///
  /// @param out where results go
  /// @param err where talk, progress and errors go
  public static int run(OutputStream out, OutputStream err, String... args) {
    return run(out, err, Surroundings.ofProcess(), args);
  }

  /// Runs one command in surroundings other than those of this process.
  public static int run(
      OutputStream out, OutputStream err, Surroundings surroundings, String... args) {
    Console console = new Console(utf8(out), utf8(err), surroundings);
    Mote mote = new Mote();
    CommandLine line = new CommandLine(mote, new Commands(console));
    line.setOut(console.outWriter());
    line.setErr(console.errWriter());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setAbbreviatedOptionsAllowed(false);
    line.setParameterExceptionHandler((e, _) -> badUsage(e));
    line.setExecutionExceptionHandler((e, _, _) -> mote.failed(e, console));
    int exitCode;
    try {
      exitCode = args.length == 0 ? help(line) : line.execute(args);
    } catch (StackOverflowError | OutOfMemoryError | LinkageError e) {
      exitCode = mote.failed(e, console);
    }
    console.flush();
    return exitCode;
  }

  private static int help(CommandLine line) {
    line.usage(line.getOut());
    return OK;
  }

  /// One line on what is wrong, and where help is; the whole usage text would hide it.
  private static int badUsage(CommandLine.ParameterException e) {
    CommandLine command = e.getCommandLine();
    var err = command.getErr();
    err.println(command.getCommandName() + ": " + reason(e));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return BAD_USAGE;
  }

  /// What is wrong with the arguments; picocli calls a mistyped command an unmatched argument.
  private static String reason(CommandLine.ParameterException e) {
    boolean isCommand =
        e instanceof CommandLine.UnmatchedArgumentException unmatched
            && !unmatched.isUnknownOption()
            && !e.getCommandLine().getSubcommands().isEmpty();
    return isCommand
        ? "there is no command '"
            + ((CommandLine.UnmatchedArgumentException) e).getUnmatched().getFirst()
            + "'"
        : String.valueOf(e.getMessage());
  }

  private int failed(Throwable e, Console console) {
    List<Diagnostic> problems =
        switch (e) {
          case DiagnosticException d -> d.diagnostics();
          case ServiceProblem p -> List.of(ServiceDoor.diagnostic(p));
          case ModuleException m -> List.of(ModuleFiles.diagnostic(m));
          default -> List.of(defect(e));
        };
    problems.forEach(problem -> console.say(problem.toString()));
    if (problems.stream().allMatch(p -> p.kind() != Diagnostic.Kind.INTERNAL)) {
      printTrace(e, console);
      return BAD_INPUT;
    }
    console.say("  This is a defect of Mote, not of your model. " + Version.text());
    printTrace(e, console);
    return DEFECT;
  }

  private void printTrace(Throwable e, Console console) {
    if (stacktrace) {
      e.printStackTrace(console.errWriter());
    }
  }

  private static Diagnostic defect(Throwable e) {
    String what =
        e.getMessage() == null
            ? e.toString()
            : e.getClass().getSimpleName() + ": " + e.getMessage();
    return Diagnostic.internal(
        DEFECT_CODE,
        "mote",
        what,
        "please report it with the model, the command and the output of --stacktrace.");
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return utf8(new FileOutputStream(descriptor));
  }

  private static PrintStream utf8(OutputStream stream) {
    return new PrintStream(stream, false, StandardCharsets.UTF_8);
  }
}
