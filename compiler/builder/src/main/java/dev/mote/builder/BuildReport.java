package dev.mote.builder;

import dev.mote.builder.page.ModelPage;
import dev.mote.ir.MacCount;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payload;
import dev.mote.plugin.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is told of a module that was built: figures, layers, memory, and why it is this one.
record BuildReport(
    ModelSource model, Target target, BuildOptions options, BuildChoice choice, Way.Made made) {

  Map<String, Object> json() {
    Payload payload = made.module().manifest().payloads().getFirst();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model.graph().name());
    json.put("modelSha256", model.file().sha256());
    json.put("target", target.name());
    json.put("compiler", choice.chosen().orElseThrow().compiler());
    json.put("compilerVersion", made.version());
    json.put("moteVersion", MoteVersion.number());
    json.put("kind", choice.chosen().orElseThrow().kind().label());
    json.put("options", options.json());
    Map<String, Object> sizes = new LinkedHashMap<>();
    sizes.put("moduleBytes", ModuleWriter.write(made.module()).size());
    sizes.put("payloadBytes", payload.size());
    sizes.put("ramBytes", payload.requires().ramBytes());
    sizes.put("flashBytes", payload.requires().flashBytes());
    payload
        .memory()
        .ifPresent(
            plan -> {
              sizes.put("arenaBytes", plan.arenaBytes());
              sizes.put("weightBytes", plan.weightBytes());
              sizes.put("tableBytes", plan.tableBytes());
            });
    sizes.putAll(made.figures());
    json.put("sizes", sizes);
    Map<String, Object> requires = new LinkedHashMap<>();
    requires.put("architecture", payload.requires().architecture());
    requires.put("features", payload.requires().features());
    json.put("requires", requires);
    json.put("macs", MacCount.of(model.graph()));
    json.put("inputs", Describe.json(model.graph(), model.graph().inputs()));
    json.put("outputs", Describe.json(model.graph(), model.graph().outputs()));
    json.put("labels", ModuleBorder.labels(model.graph()));
    json.put("proof", made.proof());
    made.compiled().ifPresent(compiled -> json.put("compiled", Report.of(compiled).json()));
    json.put("choice", choice.json());
    return json;
  }

  String page() {
    List<String> notes = new ArrayList<>();
    notes.add("Why this module\n" + String.join("\n", choice.explanation()));
    if (!made.proof().isEmpty()) {
      notes.add("Proof\n" + String.join("\n", made.proof()));
    }
    return ModelPage.html(
        PageFigures.of(model.graph(), target, made.compiled(), List.of(), Map.of())
            .withNotes(notes));
  }
}
