package dev.mote.cli;

import dev.mote.builder.GoldenRun;
import dev.mote.module.ModuleFile;
import dev.mote.module.Signatures;
import dev.mote.module.TrustList;
import dev.mote.module.TrustLists;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.VerificationKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    description = {
      "Proves that a module was signed by somebody trusted, and that its payloads are what it says.",
      "Payloads that run here, .tflite and WebAssembly, are also run on the golden vectors: by the"
          + " reference interpreter, and in a sandbox."
    })
final class ModuleVerifyCommand implements Callable<Integer> {

  private static final long MAX_LIST_BYTES = 1 << 16;

  private final Console console;

  @Parameters(paramLabel = "MODULE", description = "Module file.")
  private Path file = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "PEM",
      required = true,
      description = "Public key that is trusted; may repeat.")
  private List<Path> keys = new ArrayList<>();

  @Option(
      names = "--require",
      paramLabel = "ED25519|ES256|ML_DSA_65",
      split = ",",
      description = "Algorithms of which each must have signed, with commas between them.")
  private List<SignatureAlgorithm> required = new ArrayList<>();

  @Option(
      names = "--trust-list",
      paramLabel = "FILE",
      description = "A list that one of the keys signed; then what the list says is what counts.")
  private @Nullable Path trustList;

  @Mixin private ModulePayloadOptions payloadOptions = new ModulePayloadOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  ModuleVerifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<VerificationKey> trusted = keys.stream().map(ModuleFiles::verificationKey).toList();
    TrustList trust =
        trustList == null
            ? new TrustList(0, TrustList.of(trusted).keys(), List.of(), required, Map.of())
            : TrustLists.accept(
                TrustList.of(trusted), ModuleFiles.bytes(trustList, MAX_LIST_BYTES));
    ModuleFile module = ModuleFiles.read(file, trust);
    List<Bytes> signers = Signatures.verify(module, trust);
    SortedMap<Integer, Bytes> contents = payloadOptions.open(module);
    int interpreted = 0;
    int executed = 0;
    for (Map.Entry<Integer, Bytes> payload : contents.entrySet()) {
      GoldenRun run = new GoldenRun(module, file.toString(), payload.getKey());
      switch (module.manifest().payloads().get(payload.getKey()).kind()) {
        case TFLITE -> interpreted += run.interpreted(payload.getValue());
        case WEBASSEMBLY -> executed += run.executed(payload.getValue());
        case NATIVE, C_SOURCES, SHARED_LIBRARY -> {
          // These run on a device, or where they are built.
        }
      }
    }
    report(module, signers, contents, interpreted, executed);
    return Mote.OK;
  }

  private void report(
      ModuleFile module,
      List<Bytes> signers,
      SortedMap<Integer, Bytes> contents,
      int interpreted,
      int executed) {
    List<String> ids = signers.stream().map(Bytes::toHex).toList();
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", module.manifest().identity().name());
      json.put("sequence", module.manifest().sequence());
      json.put("signedBy", ids);
      json.put("payloads", List.copyOf(contents.keySet()));
      json.put("goldenVectorsRun", interpreted + executed);
      console.printJson(json);
    } else {
      console.print(
          "%s %s: signed by %s; %d of %d payloads carried, all as the manifest says"
              .formatted(
                  module.manifest().identity().name(),
                  module.manifest().identity().version(),
                  String.join(", ", ids),
                  contents.size(),
                  module.manifest().payloads().size()));
      if (interpreted > 0) {
        console.print(
            "the reference interpreter gives the outputs of %d golden vectors"
                .formatted(interpreted));
      }
      if (executed > 0) {
        console.print("the WebAssembly gives the outputs of %d golden vectors".formatted(executed));
      }
    }
  }
}
