package dev.mote.service.registry;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// All that uses modules: what was said by [Registry#use], and what the beans know.
@Component
class ModuleUses {

  private final JdbcClient sql;
  private final ObjectProvider<Uses> known;

  ModuleUses(JdbcClient sql, ObjectProvider<Uses> known) {
    this.sql = sql;
    this.known = known;
  }

  /// Uses by their names where one is known, each once.
  List<Use> of(UUID tenant, Collection<UUID> modules, int most) {
    Map<List<Object>, Use> all = new LinkedHashMap<>();
    for (Uses bean : known.orderedStream().toList()) {
      for (Use use : bean.of(tenant, modules, most)) {
        all.putIfAbsent(List.of(use.module(), use.kind(), use.id()), use);
      }
    }
    for (Use use : said(tenant, modules, most)) {
      all.putIfAbsent(List.of(use.module(), use.kind(), use.id()), use);
    }
    return new ArrayList<>(all.values()).subList(0, Math.min(most, all.size()));
  }

  private List<Use> said(UUID tenant, Collection<UUID> modules, int most) {
    return sql.sql(
            """
            select module, used_by from module_use
            where tenant = :tenant and module = any(:modules)
            order by module, used_by limit :most""")
        .param("tenant", tenant)
        .param("modules", modules.toArray(UUID[]::new))
        .param("most", most)
        .query((row, n) -> use(row.getObject("module", UUID.class), row.getString("used_by")))
        .list();
  }

  private static Use use(UUID module, String usedBy) {
    int colon = usedBy.indexOf(':');
    String kind = colon < 0 ? "other" : usedBy.substring(0, colon);
    String id = usedBy.substring(colon + 1);
    Optional<UUID> uuid = ModelNames.id(id);
    return new Use(
        module,
        kind,
        uuid.orElseGet(() -> UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8))),
        id);
  }
}
