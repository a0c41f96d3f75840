package dev.mote.service.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What came from what: model → version → build → module → what uses it.
@Component
class Lineages {

  private static final int MOST_VERSIONS = 50;
  private static final int MOST_MODULES = 300;
  private static final int MOST_USES = 1_000;

  /// Uses of one kind of one module that are shown one by one; more become one node with their
  /// number.
  private static final int MOST_OF_A_KIND = 8;

  /// @param kind `model`, `version`, `build`, `module`, or what uses modules: `device`, `rollout`
  /// @param detail more of it, in a few words
  /// @param href where it is, under /v1
  record LineageNode(String id, String kind, String name, String detail, Optional<String> href) {}

  /// @param label how the one led to the other
  record LineageEdge(String from, String to, String label) {}

  /// @param complete false if there is more than is shown
  record Lineage(List<LineageNode> nodes, List<LineageEdge> edges, boolean complete) {}

  private record ModuleRow(
      UUID id,
      UUID version,
      Optional<UUID> build,
      Optional<UUID> parent,
      String kind,
      String target,
      String compiler,
      String options,
      long bytes,
      long sequence) {}

  private final JdbcClient sql;
  private final ModuleUses uses;

  Lineages(JdbcClient sql, ModuleUses uses) {
    this.sql = sql;
    this.uses = uses;
  }

  /// @param version only this one of the model's; empty for its newest
  Lineage of(UUID tenant, Models.Model model, Optional<UUID> version) {
    Map<String, LineageNode> nodes = new LinkedHashMap<>();
    List<LineageEdge> edges = new ArrayList<>();
    String top = "model:" + model.id();
    nodes.put(
        top,
        new LineageNode(
            top,
            "model",
            model.name(),
            model.versions() + (model.versions() == 1 ? " version" : " versions"),
            Optional.of("/v1/models/" + model.id())));
    List<UUID> versions = addVersions(tenant, model, version, nodes, edges);
    List<ModuleRow> modules = modules(tenant, versions);
    modules.forEach(module -> addModule(module, nodes, edges));
    boolean complete =
        (version.isPresent() || versions.size() < MOST_VERSIONS)
            && modules.size() < MOST_MODULES
            && addUses(tenant, modules, nodes, edges);
    edges.removeIf(edge -> !nodes.containsKey(edge.from()) || !nodes.containsKey(edge.to()));
    return new Lineage(List.copyOf(nodes.values()), edges, complete);
  }

  private List<UUID> addVersions(
      UUID tenant,
      Models.Model model,
      Optional<UUID> only,
      Map<String, LineageNode> nodes,
      List<LineageEdge> edges) {
    return sql.sql(
            """
            select id, number, format, bytes,
              array_to_string(
                array(select name from model_alias a where a.version = v.id order by name), ', ')
                as aliases
            from model_version v
            where tenant = :tenant and model = :model and (:only::uuid is null or id = :only)
            order by id desc limit :most""")
        .param("tenant", tenant)
        .param("model", model.id())
        .param("only", only.orElse(null))
        .param("most", MOST_VERSIONS)
        .query(
            (row, n) -> {
              UUID id = row.getObject("id", UUID.class);
              String aliases = row.getString("aliases");
              nodes.put(
                  "version:" + id,
                  new LineageNode(
                      "version:" + id,
                      "version",
                      "version " + row.getInt("number"),
                      "%s, %d bytes%s"
                          .formatted(
                              row.getString("format"),
                              row.getLong("bytes"),
                              aliases.isEmpty() ? "" : ", " + aliases),
                      Optional.of("/v1/versions/" + id)));
              edges.add(new LineageEdge("model:" + model.id(), "version:" + id, "uploaded"));
              return id;
            })
        .list();
  }

  private List<ModuleRow> modules(UUID tenant, List<UUID> versions) {
    return sql.sql(
            """
            select * from module where tenant = :tenant and version = any(:versions)
            order by id desc limit :most""")
        .param("tenant", tenant)
        .param("versions", versions.toArray(UUID[]::new))
        .param("most", MOST_MODULES)
        .query(
            (row, n) ->
                new ModuleRow(
                    row.getObject("id", UUID.class),
                    row.getObject("version", UUID.class),
                    Optional.ofNullable(row.getObject("build", UUID.class)),
                    Optional.ofNullable(row.getObject("parent", UUID.class)),
                    row.getString("kind"),
                    row.getString("target"),
                    row.getString("compiler") + " " + row.getString("compiler_version"),
                    row.getString("options"),
                    row.getLong("bytes"),
                    row.getLong("sequence")))
        .list();
  }

  private static void addModule(
      ModuleRow module, Map<String, LineageNode> nodes, List<LineageEdge> edges) {
    String id = "module:" + module.id();
    nodes.put(
        id,
        new LineageNode(
            id,
            "module",
            module.target(),
            "%d bytes, sequence %d".formatted(module.bytes(), module.sequence()),
            Optional.of("/v1/modules/" + module.id())));
    if (module.parent().isPresent()) {
      String label = module.kind().equals("DELTA") ? "delta" : "issued again";
      edges.add(new LineageEdge("module:" + module.parent().get(), id, label));
    }
    if (module.parent().isEmpty() || module.build().isPresent()) {
      String build = "build:" + module.build().orElse(module.id());
      nodes.putIfAbsent(
          build,
          new LineageNode(
              build,
              "build",
              module.compiler(),
              module.options().equals("{}") ? "" : module.options(),
              module.build().map(b -> "/v1/builds/" + b)));
      LineageEdge from = new LineageEdge("version:" + module.version(), build, "compiled");
      if (!edges.contains(from)) {
        edges.add(from);
      }
      edges.add(new LineageEdge(build, id, "built"));
    }
  }

  private boolean addUses(
      UUID tenant,
      List<ModuleRow> modules,
      Map<String, LineageNode> nodes,
      List<LineageEdge> edges) {
    List<UUID> ids = modules.stream().map(ModuleRow::id).toList();
    List<Use> all = ids.isEmpty() ? List.of() : uses.of(tenant, ids, MOST_USES);
    Map<UUID, Map<String, List<Use>>> grouped =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    Use::module,
                    LinkedHashMap::new,
                    Collectors.groupingBy(Use::kind, LinkedHashMap::new, Collectors.toList())));
    grouped.forEach(
        (module, kinds) ->
            kinds.forEach((kind, some) -> addUses(module, kind, some, nodes, edges)));
    return all.size() < MOST_USES;
  }

  private static void addUses(
      UUID module,
      String kind,
      List<Use> some,
      Map<String, LineageNode> nodes,
      List<LineageEdge> edges) {
    if (some.size() > MOST_OF_A_KIND) {
      String id = kind + "s-of:" + module;
      nodes.put(
          id, new LineageNode(id, kind, some.size() + " " + kind + "s", "", Optional.empty()));
      edges.add(new LineageEdge("module:" + module, id, "used by"));
      return;
    }
    for (Use use : some) {
      String id = kind + ":" + use.id();
      nodes.putIfAbsent(
          id,
          new LineageNode(id, kind, use.name(), "", Optional.of("/v1/" + kind + "s/" + use.id())));
      edges.add(new LineageEdge("module:" + module, id, "used by"));
    }
  }
}
