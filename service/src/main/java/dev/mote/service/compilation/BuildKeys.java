package dev.mote.service.compilation;

import dev.mote.builder.BuildOptions;
import dev.mote.builder.DeviceFacts;
import dev.mote.builder.MoteVersion;
import dev.mote.ir.Blob;
import dev.mote.pluginhost.Compilers;
import dev.mote.pluginhost.process.Limits;
import dev.mote.service.registry.ModelVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// Keys of builds by what goes into them: the model's bytes, the facts, the options, and every
/// compiler that might be chosen with its version. Equal keys are equal builds.
@Component
class BuildKeys {

  /// Asked once: plugins that are executables are started to tell their names.
  private final List<String> compilers =
      Stream.concat(
              Stream.of("mote " + MoteVersion.number()),
              Compilers.standard(List.of(), Limits.STANDARD).all().stream()
                  .map(c -> c.name() + " " + c.describe().version())
                  .sorted())
          .toList();

  String of(ModelVersion version, DeviceFacts facts, BuildOptions options) {
    String all =
        String.join(
            "\n",
            "build 1",
            version.sha256(),
            version.fileName(),
            facts.digest(),
            options.json().toString(),
            compilers.toString());
    return Blob.of(all.getBytes(StandardCharsets.UTF_8)).sha256();
  }
}
