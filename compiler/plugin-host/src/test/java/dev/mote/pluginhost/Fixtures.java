package dev.mote.pluginhost;

import dev.mote.ir.GraphText;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Compiler.Request;
import dev.mote.plugin.Device;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.SourceModel;
import dev.mote.plugin.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the tests of this module share.
final class Fixtures {

  static final SourceModel MODEL =
      SourceModel.of(
          GraphText.parse(
              """
              graph "small" {
                tensor "x" int8 [1x4] scale 0.5 zero 3
                tensor "w" int8 [2x4] scales 0 [0.25 0.1] = hex "0400000000040000"
                tensor "y" int8 [1x2] scale 0.25 zero 0
                input "x"
                output "y"
                node "dense" FullyConnected(activation: RELU) "x" "w" -> "y"
              }
              """));

  /// The end of a plugin's life: it waits until the host closes its input.
  private static final String SCRIPT =
      """
      #!/bin/bash
      read -r hello
      echo '{"jsonrpc":"2.0","id":1,"result":{"protocol":1}}'
      read -r request
      case "$request" in
        *'"describe"'*) echo '{"jsonrpc":"2.0","id":2,"result":%s}' ;;
        *)
      %s
          ;;
      esac
      read -r end
      exit 0
      """;

  static final String DESCRIPTION =
      """
      {"name":"rogue","version":"1","vendor":"v","licence":"MIT","summary":"s","formats":["graph"],\
      "builds":["c-sources"],"facts":[],"parameters":{"type":"object","properties":{},\
      "additionalProperties":false}}""";

  private Fixtures() {}

  static Target target(long clockHz, long ramBytes, Map<String, String> facts) {
    return new Target(
        "chip",
        "a chip",
        "Cortex-M4F",
        Target.InstructionSet.ARMV7EM,
        clockHz,
        List.of(new Target.Memory("SRAM", Target.Memory.Kind.RAM, 0, ramBytes, 0)),
        new Target.Toolchain("cc", List.of()),
        Optional.empty(),
        List.of("made up"),
        facts);
  }

  static Request request() {
    return request(target(64_000_000, 1024, Map.of()));
  }

  static Request request(Target target) {
    return new Request(MODEL, Device.of(target), Compiler.Optimize.BALANCED, "small");
  }

  /// A program that says it is a compiler and does something else when it is asked to be one.
  static Path program(Path folder, String description, String behaviour) throws IOException {
    Path program = Files.createTempFile(folder, "plugin", ".sh");
    Files.writeString(program, SCRIPT.formatted(description, behaviour));
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static PluginDescription description(String name, String vendor, String schema) {
    return new PluginDescription(
        name,
        "1",
        vendor,
        "MIT",
        "a fake",
        List.of(PluginDescription.GRAPH),
        List.of(Payload.Kind.C_SOURCES),
        List.of(),
        schema);
  }
}
