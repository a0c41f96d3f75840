package dev.mote.cli;

import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "unpack",
    description = {
      "Writes the payloads of a module as files, decrypted and with deltas applied.",
      "Who signed it is not checked; for that there is 'mote module verify'."
    })
final class ModuleUnpackCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "MODULE", description = "Module file.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Folder for the files.")
  private Path folder = Path.of("");

  @Mixin private ModulePayloadOptions payloadOptions = new ModulePayloadOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  ModuleUnpackCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModuleFile module = ModuleFiles.read(file);
    Manifest manifest = module.manifest();
    List<String> written = new ArrayList<>();
    payloadOptions
        .open(module)
        .forEach(
            (index, contents) ->
                files(manifest, index, contents)
                    .forEach(
                        (name, bytes) -> {
                          Path target = folder.resolve(name);
                          Output.write(target, bytes.toByteArray());
                          written.add(target.toString());
                        }));
    if (common.json) {
      console.printJson(Map.of("files", written));
    } else {
      written.forEach(name -> console.print("wrote " + name));
    }
    return Mote.OK;
  }

  private static Map<String, Bytes> files(Manifest manifest, int index, Bytes contents) {
    Payload payload = manifest.payloads().get(index);
    Map<String, Bytes> files = new LinkedHashMap<>();
    int at = 0;
    for (Payload.SourceFile part : payload.files()) {
      files.put(part.name(), contents.slice(at, at + part.size()));
      at += part.size();
    }
    if (files.isEmpty()) {
      files.put(ModulePayloadOptions.fileName(manifest.identity().name(), payload), contents);
    }
    return files;
  }
}
