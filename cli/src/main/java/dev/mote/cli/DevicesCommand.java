package dev.mote.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.mote.client.Device;
import dev.mote.client.DeviceDetail;
import dev.mote.client.DeviceRequest;
import dev.mote.client.EnteredDevice;
import dev.mote.client.Explanation;
import dev.mote.client.MoteClient;
import dev.mote.client.NewDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "devices",
    description = {
      "Devices of the service. A DEVICE is an id, an endpoint or a name.",
      "A FILTER is such as 'state==ONLINE;tag.site==berlin'."
    },
    synopsisSubcommandLabel = "COMMAND")
final class DevicesCommand {

  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  DevicesCommand(Console console) {
    this.console = console;
  }

  @Command(name = "list", description = "Lists devices.")
  int list(
      @Option(names = "--filter", paramLabel = "FILTER", defaultValue = "", description = "Which.")
          String filter,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "Most that are listed (default: ${DEFAULT-VALUE}).")
          int limit,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    List<Device> devices = mote.devices().list(filter).limit(limit).toList();
    if (common.json) {
      console.printJson(PlainData.of(devices));
      return Mote.OK;
    }
    Table table = new Table("device", "state", "heard", "target", "module", "tags");
    for (Device device : devices) {
      table.row(
          device.name(),
          device.state(),
          Readable.age(device.lastContact(), Instant.now()),
          device.target().orElse("-"),
          module(device),
          tags(device));
    }
    console.printTable(table);
    if (devices.size() == limit) {
      console.say("%d of %d are shown.".formatted(limit, mote.devices().count(filter)));
    }
    return Mote.OK;
  }

  private static String module(Device device) {
    return device
        .moduleName()
        .map(
            name ->
                device
                    .modelVersion()
                    .map(version -> name + ":" + version)
                    .orElseGet(() -> name + " " + device.moduleVersion().orElse("")))
        .orElse("-");
  }

  private static String tags(Device device) {
    return device.tags().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(tag -> tag.getKey() + "=" + tag.getValue())
        .collect(Collectors.joining(" "));
  }

  @Command(name = "show", description = "Shows a device with what it said of itself.")
  int show(@Parameters(paramLabel = "DEVICE") String name, @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    DeviceDetail detail = mote.devices().get(ServiceDoor.device(mote, name));
    if (common.json) {
      console.printJson(PlainData.of(detail));
      return Mote.OK;
    }
    Device device = detail.device();
    Table table = new Table("device", device.name());
    table.row("id", device.id());
    table.row("endpoint", device.endpoint());
    table.row("state", device.state());
    table.row("heard", Readable.age(device.lastContact(), Instant.now()));
    table.row("tags", tags(device));
    table.row("groups", String.join(" ", device.groups()));
    table.row("module", module(device));
    device.manufacturer().ifPresent(text -> table.row("manufacturer", text));
    device.model().ifPresent(text -> table.row("model", text));
    device.firmwareVersion().ifPresent(text -> table.row("firmware", text));
    detail.facts().forEach((key, value) -> fact(table, key, value));
    console.printTable(table);
    return Mote.OK;
  }

  private static void fact(Table table, String name, Object value) {
    String text =
        value instanceof Collection<?> several
            ? several.stream().map(String::valueOf).collect(Collectors.joining(" "))
            : name.endsWith("Bytes") && value instanceof Number bytes
                ? Readable.bytes(bytes.longValue())
                : String.valueOf(value);
    if (!text.isEmpty()) {
      table.row(name.endsWith("Bytes") ? name.substring(0, name.length() - 5) : name, text);
    }
  }

  @Command(name = "why", description = "Says why a device is where it is.")
  int why(@Parameters(paramLabel = "DEVICE") String name, @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    Explanation why = mote.devices().explain(ServiceDoor.device(mote, name));
    if (common.json) {
      console.printJson(PlainData.of(why));
    } else {
      console.print(name + " is " + why.state());
      why.words().forEach(line -> console.print("  " + line));
    }
    return Mote.OK;
  }

  /// What a device must prove.
  enum Credential {
    PSK,
    RPK,
    X509,
    NONE
  }

  @Command(
      name = "add",
      description = {
        "Enters a device. A pre-shared key is made for it, and shown this once; --key-file stores",
        "it instead."
      })
  int add(
      @Parameters(paramLabel = "ENDPOINT") String endpoint,
      @Option(names = "--name", paramLabel = "NAME", description = "For people.")
          @Nullable String name,
      @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "May be repeated.")
          @Nullable Map<String, String> tags,
      @Option(
              names = "--credential",
              paramLabel = "KIND",
              defaultValue = "PSK",
              description = "psk, rpk, x509 or none (default: psk).")
          Credential kind,
      @Option(
              names = "--identity",
              paramLabel = "TEXT",
              description = "Of the key, or common name of the certificate (default: ENDPOINT).")
          @Nullable String identity,
      @Option(names = "--public-key", paramLabel = "FILE", description = "PEM, for rpk.")
          @Nullable Path publicKey,
      @Option(
              names = "--bootstrap",
              description = {
                "The key or certificate is that of the factory: it opens the bootstrap server,",
                "which gives the device a key of its own."
              })
          boolean bootstrap,
      @Option(
              names = "--recipient-key",
              paramLabel = "FILE",
              description = "PEM of the key that modules for it are encrypted with.")
          @Nullable Path recipientKey,
      @Option(
              names = "--key-file",
              paramLabel = "FILE",
              description = "Where the key goes, readable by you alone.")
          @Nullable Path keyFile,
      @Mixin CommonOptions common) {
    if (keyFile != null && Files.exists(keyFile)) {
      throw ServiceDoor.unknown(
          keyFile.toString(), "there is such a file already", "choose another name.");
    }
    NewDevice device =
        new NewDevice(
            endpoint,
            Optional.ofNullable(name),
            tags == null ? Map.of() : tags,
            kind.name().toLowerCase(java.util.Locale.ROOT),
            Optional.ofNullable(identity),
            Optional.ofNullable(publicKey).map(DevicesCommand::text),
            bootstrap,
            Optional.ofNullable(recipientKey).map(DevicesCommand::text));
    EnteredDevice entered = ServiceDoor.open(console).devices().add(device);
    if (keyFile != null) {
      entered.key().ifPresent(key -> Output.writeSecret(keyFile, key + "\n"));
    }
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("endpoint", entered.endpoint());
      entered.id().ifPresent(id -> json.put("id", id.toString()));
      entered.kind().ifPresent(k -> json.put("credential", k));
      entered.identity().ifPresent(text -> json.put("identity", text));
      entered.key().filter(_ -> keyFile == null).ifPresent(key -> json.put("key", key));
      console.printJson(json);
      return Mote.OK;
    }
    console.print(endpoint + " is entered");
    entered.identity().ifPresent(text -> console.print("identity  " + text));
    entered
        .key()
        .ifPresent(key -> console.print("key       " + (keyFile == null ? key : "in " + keyFile)));
    return Mote.OK;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException _) {
      throw new dev.mote.ir.DiagnosticException(
          dev.mote.ir.Diagnostic.user(
              CliCodes.UNREADABLE_FILE, file.toString(), "it cannot be read", "check its name."));
    }
  }

  @Command(
      name = "import",
      description = {
        "Enters the devices of a file: CSV with a line of heads (endpoint, name, tag.NAME, …), or a",
        "JSON object to the line. Prints a line for each with its key."
      })
  int importDevices(@Parameters(paramLabel = "FILE") Path file, @Mixin CommonOptions common) {
    List<EnteredDevice> all = ServiceDoor.open(console).devices().importFile(file);
    long refused = all.stream().filter(device -> device.error().isPresent()).count();
    if (common.json) {
      console.printJson(PlainData.of(all));
    } else {
      Table table = new Table("line", "endpoint", "identity", "key", "refused because");
      for (EnteredDevice device : all) {
        table.row(
            device.line(),
            device.endpoint(),
            device.identity().orElse("-"),
            device.key().orElse("-"),
            device.error().orElse(""));
      }
      console.printTable(table);
    }
    console.say("%d entered, %d refused".formatted(all.size() - refused, refused));
    return refused == 0 ? Mote.OK : Mote.BAD_INPUT;
  }

  @Command(name = "tag", description = "Sets tags (NAME=VALUE) and removes some (NAME=).")
  int tag(
      @Parameters(paramLabel = "DEVICE") String name,
      @Parameters(paramLabel = "NAME=[VALUE]", arity = "1..*") List<String> tags,
      @Mixin CommonOptions common) {
    Map<String, Optional<String>> changes = new LinkedHashMap<>();
    for (String tag : tags) {
      int equals = tag.indexOf('=');
      if (equals < 1) {
        throw ServiceDoor.unknown(tag, "this is no tag", "give NAME=VALUE, or NAME= to remove it.");
      }
      String value = tag.substring(equals + 1);
      changes.put(
          tag.substring(0, equals), value.isEmpty() ? Optional.empty() : Optional.of(value));
    }
    MoteClient mote = ServiceDoor.open(console);
    Device device = mote.devices().tag(ServiceDoor.device(mote, name), changes);
    if (common.json) {
      console.printJson(PlainData.of(device));
    } else {
      console.print(device.name() + "  " + tags(device));
    }
    return Mote.OK;
  }

  @Command(name = "delete", description = "Removes a device; it cannot register any more.")
  int delete(@Parameters(paramLabel = "DEVICE") String name, @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    mote.devices().delete(ServiceDoor.device(mote, name));
    if (common.json) {
      console.printJson(Map.of("deleted", name));
    } else {
      console.print("deleted " + name);
    }
    return Mote.OK;
  }

  @Command(name = "read", description = "Asks a device for values.")
  int read(
      @Parameters(paramLabel = "DEVICE") String name,
      @Parameters(paramLabel = "PATH", description = "Such as /3/0/9.") String path,
      @Option(
              names = "--wait",
              paramLabel = "SECONDS",
              defaultValue = "20",
              description = "For the answer, 60 at the most (default: ${DEFAULT-VALUE}).")
          int wait,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    return answer(
        mote.devices().read(ServiceDoor.device(mote, name), path, Duration.ofSeconds(wait)),
        common);
  }

  @Command(name = "write", description = "Writes a value to a device.")
  int write(
      @Parameters(paramLabel = "DEVICE") String name,
      @Parameters(paramLabel = "PATH", description = "Such as /1/0/1.") String path,
      @Parameters(
              paramLabel = "VALUE",
              description = "A number, true, false, or a text; a text of digits in double quotes.")
          String value,
      @Option(
              names = "--wait",
              paramLabel = "SECONDS",
              defaultValue = "20",
              description = "For the answer, 60 at the most (default: ${DEFAULT-VALUE}).")
          int wait,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    return answer(
        mote.devices()
            .write(ServiceDoor.device(mote, name), path, value(value), Duration.ofSeconds(wait)),
        common);
  }

  private static Object value(String text) {
    try {
      Object value = JSON.std.anyFrom(text);
      return value instanceof Number || value instanceof Boolean || value instanceof String
          ? value
          : text;
    } catch (IOException _) {
      return text;
    }
  }

  private int answer(DeviceRequest request, CommonOptions common) {
    boolean isEnded = request.state().equals("ENDED");
    if (common.json) {
      console.printJson(PlainData.of(request));
    } else if (isEnded) {
      request.answer().forEach((key, value) -> console.print(key + "  " + value));
    }
    if (!isEnded) {
      console.say(
          "No answer yet: the request waits until %s for the device to listen (id %s)."
              .formatted(request.expires(), request.id()));
    }
    return Mote.OK;
  }
}
