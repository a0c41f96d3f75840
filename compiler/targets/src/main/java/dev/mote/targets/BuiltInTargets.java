package dev.mote.targets;

import dev.mote.plugin.Target;
import dev.mote.plugin.TargetCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The targets that ship with Mote: the files that `index.txt` names, in its order.
public final class BuiltInTargets implements TargetCatalog {

  private static final String INDEX = "index.txt";

  @Override
  public List<Target> targets() {
    return resource(INDEX).lines().map(BuiltInTargets::target).toList();
  }

  private static Target target(String name) {
    return TargetFile.parse(name, resource(name + ".properties"));
  }

  private static String resource(String file) {
    try (InputStream stream = BuiltInTargets.class.getResourceAsStream(file)) {
      if (stream == null) {
        throw new AssertionError("the jar of mote-targets has no " + file);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
