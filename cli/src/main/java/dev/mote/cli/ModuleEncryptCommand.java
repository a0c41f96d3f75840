package dev.mote.cli;

import dev.mote.module.ModuleFile;
import dev.mote.module.Payloads;
import dev.mote.module.cose.ContentAlgorithm;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "encrypt",
    description = {
      "Encrypts the payloads of a module for devices or groups.",
      "The manifest stays readable, and the signatures stay valid."
    })
final class ModuleEncryptCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "MODULE", description = "Module file.")
  private Path file = Path.of("");

  @Option(
      names = "--recipient",
      paramLabel = "PEM",
      required = true,
      description = "A device's public key (P-256, X25519), or a group's shared key; may repeat.")
  private List<Path> recipients = new ArrayList<>();

  @Option(
      names = "--algorithm",
      paramLabel = "A128GCM|A256GCM",
      defaultValue = "A128GCM",
      description = "How payloads are encrypted (default: ${DEFAULT-VALUE}).")
  private ContentAlgorithm algorithm = ContentAlgorithm.A128GCM;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Module to write.")
  private Path output = Path.of("");

  @Mixin private CommonOptions common = new CommonOptions();

  ModuleEncryptCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModuleFile module =
        Payloads.encrypt(
            ModuleFiles.read(file),
            algorithm,
            ModuleFiles.recipientKeys(recipients),
            new SecureRandom());
    int bytes = ModuleFiles.write(output, module);
    new ModuleSummary(module).print(console, common.json, output, bytes);
    return Mote.OK;
  }
}
