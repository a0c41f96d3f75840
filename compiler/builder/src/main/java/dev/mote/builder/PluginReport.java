package dev.mote.builder;

import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Payload;
import dev.mote.pluginhost.choice.Candidate;
import dev.mote.pluginhost.choice.Choice;
import dev.mote.pluginhost.choice.Explanation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What compiler plugins say, as JSON.
public final class PluginReport {

  private PluginReport() {}

  /// What a device must have.
  public static Map<String, Object> requires(Payload.Requirements requires) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architecture", requires.architecture());
    json.put("features", requires.features());
    requires.abi().ifPresent(abi -> json.put("abi", abi));
    json.put("ramBytes", requires.ramBytes());
    json.put("flashBytes", requires.flashBytes());
    return json;
  }

  /// Who was asked, and what they said.
  public static Map<String, Object> choice(Choice choice) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("policy", choice.policy().toString());
    List<Map<String, Object>> ranked = new ArrayList<>();
    for (Candidate.Able candidate : choice.ranked()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("compiler", candidate.compiler().name());
      row.put("cost", cost(candidate.cost()));
      row.put("notes", candidate.notes());
      ranked.add(row);
    }
    json.put("ranked", ranked);
    List<Map<String, Object>> unable = new ArrayList<>();
    for (Candidate.Unable candidate : choice.unable()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("compiler", candidate.compiler().name());
      row.put(
          "reasons", candidate.reasons().stream().map(r -> r.label() + " " + r.what()).toList());
      unable.add(row);
    }
    json.put("unable", unable);
    json.put("explanation", Explanation.of(choice));
    return json;
  }

  /// The figures that are known.
  public static Map<String, Object> cost(Cost cost) {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, "cycles", cost.cycles());
    put(json, "instructions", cost.instructions());
    put(json, "ramBytes", cost.ramBytes());
    put(json, "flashBytes", cost.flashBytes());
    put(json, "nanojoules", cost.nanojoules());
    return json;
  }

  private static void put(Map<String, Object> json, String name, Figure figure) {
    if (figure.isKnown()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("amount", figure.amount());
      row.put("certainty", figure.certainty().name().toLowerCase(Locale.ROOT));
      json.put(name, row);
    }
  }
}
