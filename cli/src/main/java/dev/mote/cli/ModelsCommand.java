package dev.mote.cli;

import dev.mote.client.Added;
import dev.mote.client.Alias;
import dev.mote.client.Lineage;
import dev.mote.client.Model;
import dev.mote.client.ModelVersion;
import dev.mote.client.MoteClient;
import dev.mote.client.ServiceProblem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "models",
    description = {
      "Models and versions in the service.",
      "A VERSION is an id, MODEL (its newest), MODEL:NUMBER or MODEL@ALIAS."
    },
    synopsisSubcommandLabel = "COMMAND")
final class ModelsCommand {

  private static final int NOT_FOUND = 8002;

  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  ModelsCommand(Console console) {
    this.console = console;
  }

  @Command(name = "list", description = "Lists models, the newest first.")
  int list(
      @Option(names = "--tag", paramLabel = "TAG", description = "Only those with this tag.")
          @Nullable String tag,
      @Mixin CommonOptions common) {
    List<Model> models = ServiceDoor.open(console).models().list(Optional.ofNullable(tag)).toList();
    if (common.json) {
      console.printJson(PlainData.of(models));
      return Mote.OK;
    }
    Table table = new Table("model", "versions", "aliases", "tags", "changed", "description");
    for (Model model : models) {
      table.row(
          model.name(),
          model.versions(),
          aliases(model.aliases()),
          String.join(" ", model.tags()),
          Readable.age(model.changed(), Instant.now()),
          model.description());
    }
    console.printTable(table);
    return Mote.OK;
  }

  private static String aliases(Map<String, Integer> aliases) {
    StringBuilder text = new StringBuilder();
    aliases.forEach(
        (name, number) ->
            text.append(text.isEmpty() ? "" : " ").append(name).append(':').append(number));
    return text.isEmpty() ? "-" : text.toString();
  }

  @Command(name = "show", description = "Shows a model with its versions, or one version.")
  int show(@Parameters(paramLabel = "MODEL|VERSION") String name, @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    if (name.contains(":") || name.contains("@")) {
      showVersion(ServiceDoor.version(mote, name), common);
      return Mote.OK;
    }
    Model model;
    try {
      model = mote.models().get(name);
    } catch (ServiceProblem e) {
      if (e.code() != NOT_FOUND || !name.matches("[0-9a-fA-F-]{36}")) {
        throw e;
      }
      showVersion(ServiceDoor.version(mote, name), common);
      return Mote.OK;
    }
    List<ModelVersion> versions = mote.models().versions(name).toList();
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("model", PlainData.of(model));
      json.put("versions", PlainData.of(versions));
      console.printJson(json);
      return Mote.OK;
    }
    console.print(model.name() + (model.description().isEmpty() ? "" : ": " + model.description()));
    Table table =
        new Table("version", "format", "size", "aliases", "modules", "added", "by", "file", "id");
    for (ModelVersion version : versions) {
      table.row(
          version.number(),
          version.format(),
          Readable.bytes(version.bytes()),
          version.aliases().isEmpty() ? "-" : String.join(" ", version.aliases()),
          version.modules(),
          Readable.age(version.created(), Instant.now()),
          version.createdBy(),
          version.fileName(),
          version.id());
    }
    console.printTable(table);
    return Mote.OK;
  }

  private void showVersion(ModelVersion version, CommonOptions common) {
    if (common.json) {
      console.printJson(PlainData.of(version));
      return;
    }
    Table table = new Table("version", version.modelName() + ":" + version.number());
    table.row("id", version.id());
    table.row("file", version.fileName());
    table.row("format", version.format());
    table.row("size", Readable.bytes(version.bytes()));
    table.row("sha256", version.sha256());
    table.row("aliases", String.join(" ", version.aliases()));
    table.row("modules", version.modules());
    table.row("added", version.created() + " by " + version.createdBy());
    table.row("description", version.description());
    console.printTable(table);
  }

  @Command(
      name = "upload",
      description = "Uploads a file as the next version; the model is made if there is none.")
  int upload(
      @Parameters(paramLabel = "MODEL") String name,
      @Parameters(paramLabel = "FILE") Path file,
      @Option(
              names = {"-m", "--description"},
              paramLabel = "TEXT",
              defaultValue = "",
              description = "What is new in it.")
          String description,
      @Option(names = "--alias", paramLabel = "NAME", description = "Point this alias at it.")
          @Nullable String alias,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    Added<ModelVersion> added = upload(mote, name, file, description);
    ModelVersion version = added.value();
    if (alias != null) {
      mote.models().moveAlias(name, alias, version.id(), Optional.empty());
      version = mote.models().version(version.id());
    }
    if (common.json) {
      console.printJson(PlainData.of(version));
      return Mote.OK;
    }
    console.print(
        "%s:%d %s  %s, %s"
            .formatted(
                version.modelName(),
                version.number(),
                added.isNew() ? "is new" : "was there already",
                version.format(),
                Readable.bytes(version.bytes())));
    console.print("id " + version.id());
    return Mote.OK;
  }

  private Added<ModelVersion> upload(MoteClient mote, String name, Path file, String description) {
    console.say("uploading " + file + " …");
    try {
      return mote.models().upload(name, file, description);
    } catch (ServiceProblem e) {
      if (e.code() != NOT_FOUND) {
        throw e;
      }
      mote.models().add(name, "", List.of());
      console.say("model '" + name + "' is new");
      return mote.models().upload(name, file, description);
    }
  }

  @Command(name = "alias", description = "Points an alias at a version, or removes it.")
  int alias(
      @Parameters(paramLabel = "MODEL") String model,
      @Parameters(paramLabel = "ALIAS") String alias,
      @Parameters(
              paramLabel = "NUMBER",
              arity = "0..1",
              description = "Of the version; without, the alias is shown.")
          @Nullable Integer number,
      @Option(names = "--remove", description = "Remove it.") boolean remove,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    if (remove) {
      mote.models().removeAlias(model, alias);
      done(common, "removed", model + "@" + alias);
      return Mote.OK;
    }
    Alias moved =
        number == null
            ? mote.models().alias(model, alias)
            : mote.models()
                .moveAlias(
                    model,
                    alias,
                    ServiceDoor.version(mote, model + ":" + number).id(),
                    Optional.empty());
    if (common.json) {
      console.printJson(PlainData.of(moved));
    } else {
      console.print("%s@%s is version %d".formatted(model, moved.name(), moved.number()));
    }
    return Mote.OK;
  }

  @Command(name = "lineage", description = "Shows what came from a model or a version.")
  int lineage(@Parameters(paramLabel = "MODEL|VERSION") String name, @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    Lineage lineage =
        name.contains(":") || name.contains("@")
            ? mote.models().lineage(ServiceDoor.version(mote, name).id())
            : mote.models().lineage(name);
    if (common.json) {
      console.printJson(PlainData.of(lineage));
      return Mote.OK;
    }
    LineageTree.lines(lineage).forEach(console::print);
    if (!lineage.complete()) {
      console.say("There is more than is shown.");
    }
    return Mote.OK;
  }

  @Command(name = "delete", description = "Deletes a model with its versions, or one version.")
  int delete(@Parameters(paramLabel = "MODEL|VERSION") String name, @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    if (name.contains(":") || name.contains("@")) {
      mote.models().deleteVersion(ServiceDoor.version(mote, name).id());
    } else {
      mote.models().delete(name);
    }
    done(common, "deleted", name);
    return Mote.OK;
  }

  private void done(CommonOptions common, String what, String name) {
    if (common.json) {
      console.printJson(Map.of(what, name));
    } else {
      console.print(what + " " + name);
    }
  }
}
