package dev.mote.targets;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Target;
import dev.mote.plugin.TargetCatalog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/// Finds targets by name, those of plugins included.
public final class Targets {

  /// Code of the diagnostic for a name that no catalog knows.
  public static final int UNKNOWN = 4001;

  /// Code of the diagnostic for a target file that is not valid.
  public static final int MALFORMED = 4002;

  /// Code of the diagnostic for two targets of one name.
  public static final int DUPLICATE = 4003;

  private Targets() {}

  /// Every target of every catalog, in their order; the built-in ones come first.
  ///
  /// @throws DiagnosticException when two targets share a name or a target's file is not valid
  public static List<Target> all() {
    return List.copyOf(byName().values());
  }

  /// The target called `name`; case does not matter.
  ///
  /// @throws DiagnosticException when there is none; lists those that there are
  public static Target find(String name) {
    Map<String, Target> known = byName();
    Target target = known.get(name.toLowerCase(Locale.ROOT));
    if (target == null) {
      throw new DiagnosticException(
          Diagnostic.user(
              UNKNOWN,
              "target '" + name + "'",
              "there is no such target"
                  + Spelling.closest(name, known.keySet())
                      .map(near -> "; did you mean '" + near + "'?")
                      .orElse(""),
              "Name one of: " + String.join(", ", known.keySet()) + "."));
    }
    return target;
  }

  private static Map<String, Target> byName() {
    Map<String, Target> targets = new LinkedHashMap<>();
    new BuiltInTargets().targets().forEach(target -> add(targets, target));
    ServiceLoader.load(TargetCatalog.class, Targets.class.getClassLoader()).stream()
        .filter(provider -> provider.type() != BuiltInTargets.class)
        .flatMap(provider -> provider.get().targets().stream())
        .forEach(target -> add(targets, target));
    return targets;
  }

  private static void add(Map<String, Target> targets, Target target) {
    if (targets.putIfAbsent(target.name(), target) != null) {
      throw new DiagnosticException(
          Diagnostic.user(
              DUPLICATE,
              "target '" + target.name() + "'",
              "two catalogs provide a target of this name",
              "Rename the plugin's target, or take the plugin off the class path."));
    }
  }
}
