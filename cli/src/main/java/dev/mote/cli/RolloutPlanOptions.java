package dev.mote.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.mote.client.MoteClient;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What a rollout is to bring, to whom and how.
final class RolloutPlanOptions {

  @Parameters(
      paramLabel = "VERSION",
      arity = "0..1",
      description = "An id, MODEL, MODEL:NUMBER or MODEL@ALIAS.")
  private @Nullable String version;

  @Option(names = "--name", paramLabel = "TEXT", description = "Default: the version.")
  private @Nullable String name;

  @Option(names = "--filter", paramLabel = "FILTER", description = "Devices that it is for.")
  private @Nullable String filter;

  @Option(names = "--group", paramLabel = "NAME", description = "Group that it is for.")
  private @Nullable String group;

  @Option(
      names = "--wave",
      paramLabel = "N|N%%",
      description = "Devices of a wave, or their share; may be repeated, in order.")
  private List<String> waves = new ArrayList<>();

  @Option(names = "--soak", paramLabel = "TIME", description = "How long each wave is watched.")
  private @Nullable String soak;

  @Option(names = "--at-once", paramLabel = "N", description = "Most updates at once.")
  private @Nullable Integer atOnce;

  @Option(
      names = "--most-errors",
      paramLabel = "N|N%%",
      description = "Failed devices after which it pauses.")
  private @Nullable String mostErrors;

  @Option(names = "--approval", description = "A second person must approve it.")
  private boolean approval;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "JSON with all that can be said; the other options take precedence.")
  private @Nullable Path file;

  Map<String, Object> plan(MoteClient mote) {
    Map<String, Object> plan = new LinkedHashMap<>(file == null ? Map.of() : read(file));
    if (version != null) {
      var found = ServiceDoor.version(mote, version);
      plan.put("version", found.id().toString());
      plan.putIfAbsent("name", found.modelName() + ":" + found.number());
    }
    if (name != null) {
      plan.put("name", name);
    }
    if (filter != null || group != null) {
      Map<String, Object> target = new LinkedHashMap<>();
      put(target, "filter", filter);
      put(target, "group", group);
      plan.put("target", target);
    }
    if (!waves.isEmpty() || soak != null) {
      plan.put("waves", waves());
    }
    put(plan, "atOnce", atOnce);
    if (mostErrors != null) {
      plan.put("errors", amount("--most-errors", mostErrors));
    }
    if (approval) {
      plan.put("approval", true);
    }
    if (!(plan.get("version") instanceof String)) {
      throw bad("rollout", "it brings no version", "name one, such as kws:3.");
    }
    return plan;
  }

  private static void put(Map<String, Object> map, String name, @Nullable Object value) {
    if (value != null) {
      map.put(name, value);
    }
  }

  private List<Object> waves() {
    List<Object> all = new ArrayList<>();
    for (String wave : waves.isEmpty() ? List.of("100%") : waves) {
      Map<String, Object> one = amount("--wave", wave);
      if (soak != null) {
        try {
          one.put("soak", Readable.duration(soak).toString());
        } catch (IllegalArgumentException e) {
          throw bad("--soak", String.valueOf(e.getMessage()), "correct it.");
        }
      }
      all.add(one);
    }
    return all;
  }

  private static Map<String, Object> amount(String option, String text) {
    if (!text.matches("\\d{1,7}|\\d{1,3}(\\.\\d+)?%")) {
      throw bad(option, "'" + text + "' is neither a number nor a share", "give 5, or 10%.");
    }
    Map<String, Object> map = new LinkedHashMap<>();
    if (text.endsWith("%")) {
      map.put("percent", Double.parseDouble(text.substring(0, text.length() - 1)));
    } else {
      map.put("devices", Integer.parseInt(text));
    }
    return map;
  }

  private static Map<String, Object> read(Path file) {
    try {
      return JSON.std.mapFrom(Files.readString(file));
    } catch (IOException _) {
      throw bad(file.toString(), "it is no plan: a JSON object", "see POST /v1/rollouts.");
    }
  }

  private static DiagnosticException bad(String where, String what, String fix) {
    return new DiagnosticException(Diagnostic.user(CliCodes.BAD_PLAN, where, what, fix));
  }
}
