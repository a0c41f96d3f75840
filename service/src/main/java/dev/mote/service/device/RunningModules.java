package dev.mote.service.device;

import dev.mote.service.registry.Use;
import dev.mote.service.registry.Uses;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Which of the registry's modules run on which devices, by what the devices say.
@Component
final class RunningModules implements Uses {

  /// @param module id of the module
  /// @param version number of the version of the model that it was built of
  record Running(UUID module, int version) {}

  private final JdbcClient jdbc;

  RunningModules(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// What runs on some devices; a device that runs nothing of the tenant's is left out.
  Map<UUID, Running> on(UUID tenant, Collection<UUID> devices) {
    Map<UUID, Running> running = new HashMap<>();
    jdbc.sql(
            """
            select d.id, m.id, v.number from device d
            join module m on m.tenant = d.tenant and m.identity = d.module_identity
              and m.sequence::text = d.module_version
            join model_version v on v.id = m.version
            where d.tenant = :tenant and d.id = any(:devices)
            order by m.id
            """)
        .param("tenant", tenant)
        .param("devices", devices.toArray(UUID[]::new))
        .query(
            row -> {
              running.putIfAbsent(
                  row.getObject(1, UUID.class),
                  new Running(row.getObject(2, UUID.class), row.getInt(3)));
            });
    return running;
  }

  @Override
  public List<Use> of(UUID tenant, Collection<UUID> modules, int most) {
    return jdbc.sql(
            """
            select m.id, d.id, d.name from module m
            join device d on d.tenant = m.tenant and d.module_identity = m.identity
              and d.module_version = m.sequence::text
            where m.tenant = :tenant and m.id = any(:modules) and m.kind <> 'DELTA'
            order by m.id, d.id limit :most
            """)
        .param("tenant", tenant)
        .param("modules", modules.toArray(UUID[]::new))
        .param("most", most)
        .query(
            (row, _) ->
                new Use(
                    row.getObject(1, UUID.class),
                    "device",
                    row.getObject(2, UUID.class),
                    row.getString(3)))
        .list();
  }
}
