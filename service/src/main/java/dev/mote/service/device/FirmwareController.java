package dev.mote.service.device;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.database.Ids;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import dev.mote.service.store.Artifacts;
import dev.mote.service.store.Stored;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Firmware of any vendor, for devices with object 5.
@RestController
class FirmwareController {

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Artifacts artifacts;
  private final Quotas quotas;
  private final Audit audit;
  private final Clock clock;
  private final DeviceSettings settings;

  FirmwareController(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Artifacts artifacts,
      Quotas quotas,
      Audit audit,
      Clock clock,
      DeviceSettings settings) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.artifacts = artifacts;
    this.quotas = quotas;
    this.audit = audit;
    this.clock = clock;
    this.settings = settings;
  }

  /// A firmware.
  ///
  /// @param version as devices report it in resource 7 of object 5
  record Firmware(
      UUID id, String name, String version, String sha256, long bytes, Instant created) {}

  @Operation(summary = "Upload a firmware; the body is its file")
  @Requires(Role.OPERATOR)
  @PostMapping("/v1/firmware")
  @ResponseStatus(HttpStatus.CREATED)
  Firmware addFirmware(
      Caller caller,
      @RequestParam String name,
      @RequestParam String version,
      HttpServletRequest request)
      throws IOException {
    check(name, version);
    Stored stored = artifacts.put(request.getInputStream(), settings.firmwareBytes());
    if (stored.bytes() == 0) {
      throw Problem.invalid("body", "is empty");
    }
    Firmware firmware =
        new Firmware(Ids.next(), name, version, stored.sha256(), stored.bytes(), clock.instant());
    transaction.executeWithoutResult(_ -> add(caller, firmware));
    return firmware;
  }

  private static void check(String name, String version) {
    List<Problem.FieldError> errors = new ArrayList<>();
    NewDevice.checkName(name, errors);
    if (!NewDevice.isName(version)) {
      errors.add(new Problem.FieldError("version", "must have 1 to 128 characters"));
    }
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
  }

  private void add(Caller caller, Firmware firmware) {
    quotas.take(caller.tenant(), Quota.ARTIFACT_BYTES, firmware.bytes());
    int rows =
        jdbc.sql(
                """
                insert into device_firmware (id, tenant, name, version, sha256, bytes, created)
                values (:id, :tenant, :name, :version, :sha256, :bytes, :now)
                on conflict (tenant, name, version) do nothing
                """)
            .param("id", firmware.id())
            .param("tenant", caller.tenant())
            .param("name", firmware.name())
            .param("version", firmware.version())
            .param("sha256", firmware.sha256())
            .param("bytes", firmware.bytes())
            .param("now", Timestamp.from(firmware.created()))
            .update();
    if (rows == 0) {
      throw DeviceCodes.FIRMWARE.problem(
          "there is a firmware '%s' %s already".formatted(firmware.name(), firmware.version()),
          "give it another version: a version is what devices are compared by.");
    }
    artifacts.hold(caller.tenant(), firmware.sha256(), "firmware:" + firmware.id());
    audit.record(
        caller,
        "firmware.create",
        "firmware/" + firmware.id(),
        Map.of("name", firmware.name(), "version", firmware.version()));
  }

  @Operation(summary = "List firmware, in the order of upload")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/firmware")
  Page<Firmware> listFirmware(Caller caller, PageRequest page) {
    return Page.of(
        jdbc.sql(
                """
                select id, name, version, sha256, bytes, created from device_firmware
                where tenant = :tenant and id > :after order by id limit :rows
                """)
            .param("tenant", caller.tenant())
            .param("after", page.afterOrFirst())
            .param("rows", page.rows())
            .query((row, _) -> read(row))
            .list(),
        page,
        Firmware::id);
  }

  private static Firmware read(ResultSet row) throws SQLException {
    return new Firmware(
        row.getObject(1, UUID.class),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getLong(5),
        row.getTimestamp(6).toInstant());
  }

  @Operation(summary = "Delete a firmware that no update needs")
  @Requires(Role.OPERATOR)
  @DeleteMapping("/v1/firmware/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Transactional
  public void deleteFirmware(Caller caller, @PathVariable UUID id) {
    boolean isUsed =
        jdbc.sql(
                    """
                    select 1 from device_update
                    where tenant = :tenant and firmware = :id and ended is null limit 1
                    """)
                .param("tenant", caller.tenant())
                .param("id", id)
                .query()
                .listOfRows()
                .size()
            == 1;
    if (isUsed) {
      throw DeviceCodes.FIRMWARE.problem(
          "an update with this firmware runs", "wait for its end, or cancel it.");
    }
    Firmware firmware =
        jdbc.sql(
                """
                delete from device_firmware where tenant = :tenant and id = :id
                returning id, name, version, sha256, bytes, created
                """)
            .param("tenant", caller.tenant())
            .param("id", id)
            .query((row, _) -> read(row))
            .optional()
            .orElseThrow(() -> Problem.notFound("firmware", id));
    artifacts.release(caller.tenant(), firmware.sha256(), "firmware:" + id);
    quotas.give(caller.tenant(), Quota.ARTIFACT_BYTES, firmware.bytes());
    audit.record(caller, "firmware.delete", "firmware/" + id, Map.of("name", firmware.name()));
  }
}
