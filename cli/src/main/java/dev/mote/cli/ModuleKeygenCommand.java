package dev.mote.cli;

import dev.mote.module.KeyFiles;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
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
    name = "keygen",
    description = {
      "Makes a key: NAME.pem, which is secret, and NAME.pub.pem.",
      "Keep the secret file where only the signer, or only the device, can read it."
    })
final class ModuleKeygenCommand implements Callable<Integer> {

  /// What a key is for.
  enum Kind {
    ED25519,
    ES256,
    ML_DSA_65,
    P256,
    X25519,
    SHARED_128,
    SHARED_256
  }

  private final Console console;

  @Parameters(paramLabel = "NAME", description = "Path of the files, without their endings.")
  private Path name = Path.of("");

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "ED25519",
      description =
          "To sign: ed25519, es256, ml_dsa_65; for a device: p256, x25519; for a group: shared_128,"
              + " shared_256 (default: ${DEFAULT-VALUE}).")
  private Kind kind = Kind.ED25519;

  @Mixin private CommonOptions common = new CommonOptions();

  ModuleKeygenCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    SecureRandom random = new SecureRandom();
    switch (kind) {
      case ED25519 -> signing(SignatureAlgorithm.ED25519, random);
      case ES256 -> signing(SignatureAlgorithm.ES256, random);
      case ML_DSA_65 -> signing(SignatureAlgorithm.ML_DSA_65, random);
      case P256 -> device(Curve.P256, random);
      case X25519 -> device(Curve.X25519, random);
      case SHARED_128 -> shared(16, random);
      case SHARED_256 -> shared(32, random);
    }
    return Mote.OK;
  }

  private void signing(SignatureAlgorithm algorithm, SecureRandom random) {
    SigningKey key = SigningKey.generate(algorithm, random);
    write(key.verification().id(), KeyFiles.write(key), KeyFiles.write(key.verification()));
  }

  private void device(Curve curve, SecureRandom random) {
    KeyPair pair = curve.generate(random);
    try {
      RecipientKey.Private key =
          RecipientKey.Private.of(
              Bytes.of(pair.getPrivate().getEncoded()),
              RecipientKey.Public.of(curve, Bytes.of(pair.getPublic().getEncoded())));
      write(key.id(), KeyFiles.write(key), KeyFiles.write(key.publicKey()));
    } catch (CoseProblem e) {
      throw new IllegalStateException("a new key is a key", e);
    }
  }

  private void shared(int size, SecureRandom random) {
    byte[] secret = new byte[size];
    random.nextBytes(secret);
    RecipientKey.Shared key = new RecipientKey.Shared(Bytes.of(secret));
    write(key.id(), KeyFiles.write(key), "");
  }

  /// @param open the public half; empty for a key that has none
  private void write(Bytes id, String secret, String open) {
    List<String> files = new ArrayList<>();
    Path secretFile = name.resolveSibling(name.getFileName() + ".pem");
    Output.writeSecret(secretFile, secret);
    files.add(secretFile.toString());
    if (!open.isEmpty()) {
      Path openFile = name.resolveSibling(name.getFileName() + ".pub.pem");
      Output.write(openFile, open);
      files.add(openFile.toString());
    }
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("kind", kind.name());
      json.put("id", id.toHex());
      json.put("files", files);
      console.printJson(json);
    } else {
      console.print("key " + id.toHex() + ": wrote " + String.join(" and ", files));
    }
  }
}
