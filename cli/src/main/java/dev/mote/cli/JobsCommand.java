package dev.mote.cli;

import dev.mote.client.Job;
import dev.mote.client.Jobs;
import dev.mote.client.MoteClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "jobs",
    description = "Jobs of the service: what runs in the background.",
    synopsisSubcommandLabel = "COMMAND")
final class JobsCommand {

  private static final long MILLISECONDS_BETWEEN_LOOKS = 1000;

  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  JobsCommand(Console console) {
    this.console = console;
  }

  /// States of jobs.
  enum State {
    WAITING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED
  }

  @Command(name = "list", description = "Lists jobs, the newest first.")
  int list(
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description = "One of ${COMPLETION-CANDIDATES}.")
          @Nullable State state,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "Most that are listed (default: ${DEFAULT-VALUE}).")
          int limit,
      @Mixin CommonOptions common) {
    List<Job> jobs =
        ServiceDoor.open(console)
            .jobs()
            .list(Optional.ofNullable(state).map(State::name))
            .limit(limit)
            .toList();
    if (common.json) {
      console.printJson(PlainData.of(jobs));
      return Mote.OK;
    }
    Table table = new Table("state", "done", "job", "since", "id");
    for (Job job : jobs) {
      table.row(
          job.state(),
          job.progress() + " %",
          job.title(),
          Readable.age(job.created(), Instant.now()),
          job.id());
    }
    console.printTable(table);
    return Mote.OK;
  }

  @Command(name = "show", description = "Shows a job.")
  int show(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    print(ServiceDoor.open(console).jobs().get(ServiceDoor.id(id, "job")), common);
    return Mote.OK;
  }

  @Command(name = "cancel", description = "Asks a job to end.")
  int cancel(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    print(ServiceDoor.open(console).jobs().cancel(ServiceDoor.id(id, "job")), common);
    return Mote.OK;
  }

  private void print(Job job, CommonOptions common) {
    if (common.json) {
      console.printJson(PlainData.of(job));
      return;
    }
    Table table = new Table("job", job.id().toString());
    table.row("what", job.title());
    table.row("state", job.state() + (job.cancelAsked() ? " (to be cancelled)" : ""));
    table.row("done", job.progress() + " %  " + job.progressText());
    table.row("attempts", job.attempts());
    table.row("created", job.created().toString());
    job.started().ifPresent(time -> table.row("started", time.toString()));
    job.ended().ifPresent(time -> table.row("ended", time.toString()));
    job.failure().ifPresent(why -> table.row("failure", why));
    console.printTable(table);
  }

  @Command(name = "log", description = "Prints the log of a job.")
  int log(
      @Parameters(paramLabel = "ID") String id,
      @Option(
              names = {"-f", "--follow"},
              description = "Go on until the job has ended.")
          boolean follow,
      @Mixin CommonOptions common)
      throws InterruptedException {
    MoteClient mote = ServiceDoor.open(console);
    UUID job = ServiceDoor.id(id, "job");
    List<Jobs.Line> all = new ArrayList<>();
    long after = 0;
    while (true) {
      Jobs.Log part = mote.jobs().log(job, after);
      for (Jobs.Line line : part.lines()) {
        if (common.json) {
          all.add(line);
        } else {
          console.print(line.at() + "  " + line.text());
        }
      }
      if (part.next().isEmpty() || part.lines().isEmpty() && !follow) {
        break;
      }
      after = part.next().get();
      if (part.lines().isEmpty()) {
        console.flush();
        Thread.sleep(MILLISECONDS_BETWEEN_LOOKS);
      }
    }
    if (common.json) {
      console.printJson(PlainData.of(all));
    }
    return Mote.OK;
  }
}
