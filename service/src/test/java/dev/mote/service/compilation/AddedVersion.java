package dev.mote.service.compilation;

import dev.mote.service.TestService;
import dev.mote.service.database.Ids;
import dev.mote.service.store.Artifacts;
import java.io.ByteArrayInputStream;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Versions of models that did not come through the door: some would not be let in.
public final class AddedVersion {

  private AddedVersion() {}

  public static UUID of(TestService service, UUID tenant, String name, byte[] file) {
    Artifacts artifacts = service.bean(Artifacts.class);
    String sha256 = artifacts.put(new ByteArrayInputStream(file), file.length).sha256();
    UUID model = Ids.next();
    UUID id = Ids.next();
    JdbcClient sql = service.bean(JdbcClient.class);
    sql.sql(
            """
            insert into model (id, tenant, name, words, versions, created, created_by, changed)
            values (:id, :tenant, :name, :name, 1, now(), 'test', now())""")
        .param("id", model)
        .param("tenant", tenant)
        .param("name", name)
        .update();
    sql.sql(
            """
            insert into model_version (id, tenant, model, number, format, sha256, bytes, file_name,
              report, created, created_by)
            values (:id, :tenant, :model, 1, 'tflite', :sha256, :bytes, :file, '{}', now(), 'test')""")
        .param("id", id)
        .param("tenant", tenant)
        .param("model", model)
        .param("sha256", sha256)
        .param("bytes", file.length)
        .param("file", name + ".tflite")
        .update();
    artifacts.hold(tenant, sha256, "version:" + id);
    return id;
  }
}
