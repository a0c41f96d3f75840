package dev.mote.cli;

import dev.mote.module.ModuleCodes;
import dev.mote.module.ModuleException;
import dev.mote.module.TrustList;
import dev.mote.module.TrustLists;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import dev.mote.module.cose.VerificationKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "trust",
    description = {
      "Writes a trust list: whose modules devices take, and which keys are revoked.",
      "A device takes a newer list when a key that may sign lists, by its current one, signed it."
    })
final class ModuleTrustCommand implements Callable<Integer> {

  private final Console console;

  @Option(
      names = "--sequence",
      paramLabel = "N",
      required = true,
      description = "Sequence number: devices refuse a list that is not newer than theirs.")
  private long sequence;

  @Option(
      names = "--modules",
      paramLabel = "PEM",
      description = "Public key that may sign modules; may repeat.")
  private List<Path> modules = new ArrayList<>();

  @Option(
      names = "--lists",
      paramLabel = "PEM",
      description = "Public key that may sign the next list; may repeat.")
  private List<Path> lists = new ArrayList<>();

  @Option(
      names = "--revoke",
      paramLabel = "ID",
      description =
          "Identifier of a key, in hexadecimal, that is not trusted any more; may repeat.")
  private List<String> revoked = new ArrayList<>();

  @Option(
      names = "--require",
      paramLabel = "ED25519|ES256|ML_DSA_65",
      split = ",",
      description = "Algorithms of which each must have signed, with commas between them.")
  private List<SignatureAlgorithm> required = new ArrayList<>();

  @Option(
      names = "--floor",
      paramLabel = "UUID=N",
      description = "Least sequence number of a module that may be installed; may repeat.")
  private Map<String, Long> floors = new LinkedHashMap<>();

  @Option(
      names = "--key",
      paramLabel = "PEM",
      required = true,
      description = "Private key that signs the list; may repeat.")
  private List<Path> keys = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "List to write.")
  private Path output = Path.of("");

  @Mixin private CommonOptions common = new CommonOptions();

  ModuleTrustCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<SigningKey> signers = keys.stream().map(ModuleFiles::signingKey).toList();
    TrustList list = list();
    Bytes file = TrustLists.write(list, signers);
    Output.write(output, file.toByteArray());
    List<String> ids =
        list.keys().stream().map(trusted -> trusted.key().id().toHex()).sorted().toList();
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", output.toString());
      json.put("bytes", file.size());
      json.put("sequence", sequence);
      json.put("keys", ids);
      json.put("revoked", list.revoked().stream().map(Bytes::toHex).toList());
      console.printJson(json);
    } else {
      console.print(
          "wrote %s: trusts %s, revokes %d"
              .formatted(output, String.join(", ", ids), list.revoked().size()));
    }
    return Mote.OK;
  }

  private TrustList list() {
    Map<Bytes, VerificationKey> forModules = byId(modules);
    Map<Bytes, VerificationKey> forLists = byId(lists);
    Map<Bytes, VerificationKey> all = new LinkedHashMap<>(forModules);
    all.putAll(forLists);
    try {
      Map<Bytes, Long> least = new LinkedHashMap<>();
      floors.forEach((id, number) -> least.put(Bytes.hex(id.replace("-", "")), number));
      return new TrustList(
          sequence,
          all.values().stream()
              .map(
                  key ->
                      new TrustList.TrustedKey(
                          key, forModules.containsKey(key.id()), forLists.containsKey(key.id())))
              .toList(),
          revoked.stream().map(Bytes::hex).toList(),
          required,
          least);
    } catch (IllegalArgumentException e) {
      throw new ModuleException(ModuleCodes.FIELD, "options", String.valueOf(e.getMessage()));
    }
  }

  private static Map<Bytes, VerificationKey> byId(List<Path> files) {
    Map<Bytes, VerificationKey> keys = new LinkedHashMap<>();
    for (Path file : files) {
      VerificationKey key = ModuleFiles.verificationKey(file);
      keys.put(key.id(), key);
    }
    return keys;
  }
}
