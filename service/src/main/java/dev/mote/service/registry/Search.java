package dev.mote.service.registry;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Finds models by words of their names, descriptions and tags, misspelt a little or not; versions
/// by file name, description, labels or the begin of their digest; modules by target or the begin
/// of a digest or identity.
@Component
class Search {

  /// @param kind `model`, `version` or `module`
  /// @param detail more of it, in a few words
  /// @param model that it belongs to
  record Hit(String kind, UUID id, String name, String detail, UUID model) {}

  private static final String MODELS =
      """
      select 'model' as kind, m.id, m.name, m.description as detail, m.id as model,
        word_similarity(:q, m.words) + case when m.name ilike :pattern then 1 else 0 end as score
      from model m
      where m.tenant = :tenant and (m.words ilike :pattern or word_similarity(:q, m.words) >= 0.35)
      """;

  private static final String VERSIONS =
      """
      select 'version', v.id, m.name || ' ' || v.number, v.file_name, m.id,
        case when v.sha256 like :prefix then 2 else 0.5 end
      from model_version v join model m on m.id = v.model
      where v.tenant = :tenant and (v.sha256 like :prefix or v.file_name ilike :pattern
        or v.description ilike :pattern or v.labels::text ilike :pattern)
      """;

  private static final String MODULES =
      """
      select 'module', d.id, m.name || ' ' || v.number || ' for ' || d.target,
        d.compiler || ' ' || d.compiler_version, m.id,
        case when d.sha256 like :prefix or d.identity like :prefix then 2 else 0.4 end
      from module d join model_version v on v.id = d.version join model m on m.id = v.model
      where d.tenant = :tenant
        and (d.sha256 like :prefix or d.identity like :prefix or d.target ilike :pattern)
      """;

  private final JdbcClient sql;

  Search(JdbcClient sql) {
    this.sql = sql;
  }

  /// Best first.
  List<Hit> find(UUID tenant, String query, int limit) {
    String plain = query.strip().toLowerCase(Locale.ROOT);
    String escaped = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    return sql.sql(
            "select * from (%s union all %s union all %s) hits order by score desc, id desc limit :limit"
                .formatted(MODELS, VERSIONS, MODULES))
        .param("tenant", tenant)
        .param("q", plain)
        .param("pattern", "%" + escaped + "%")
        .param("prefix", escaped + "%")
        .param("limit", limit)
        .query(
            (row, n) ->
                new Hit(
                    row.getString("kind"),
                    row.getObject("id", UUID.class),
                    row.getString("name"),
                    row.getString("detail"),
                    row.getObject("model", UUID.class)))
        .list();
  }
}
