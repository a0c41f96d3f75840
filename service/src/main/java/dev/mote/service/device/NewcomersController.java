package dev.mote.service.device;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Devices that hold a certificate of an authority, but that nobody has entered. They are refused
/// until somebody enters them, by `POST /v1/devices` with the kind `x509`.
///
/// A certificate does not say whose the device is, so that one tenant at the most sees newcomers;
/// who administers the service decides which.
@RestController
class NewcomersController {

  private static final int MOST = 1_000;

  private final JdbcClient jdbc;
  private final Audit audit;

  NewcomersController(JdbcClient jdbc, Audit audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /// @param identity common name of its certificate
  record Newcomer(
      String endpoint, String kind, String identity, Instant firstSeen, Instant lastSeen) {}

  /// @param newcomers whether this tenant sees newcomers; another then does not
  record Settings(boolean newcomers) {}

  @Operation(summary = "List devices that tried to register and that nobody has entered")
  @Requires(Role.OPERATOR)
  @GetMapping("/v1/device-newcomers")
  List<Newcomer> listNewcomers(Caller caller, @RequestParam Optional<String> after) {
    return jdbc.sql(
            """
            select endpoint, kind, identity, first_seen, last_seen from device_newcomer
            where tenant = :tenant and endpoint > :after order by endpoint limit :most
            """)
        .param("tenant", caller.tenant())
        .param("after", after.orElse(""))
        .param("most", MOST)
        .query(
            (row, _) ->
                new Newcomer(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getTimestamp(4).toInstant(),
                    row.getTimestamp(5).toInstant()))
        .list();
  }

  @Operation(summary = "Strike a device off the list; it comes back when it tries again")
  @Requires(Role.OPERATOR)
  @DeleteMapping("/v1/device-newcomers/{endpoint}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void deleteNewcomer(Caller caller, @PathVariable String endpoint) {
    int rows =
        jdbc.sql("delete from device_newcomer where tenant = :tenant and endpoint = :endpoint")
            .param("tenant", caller.tenant())
            .param("endpoint", endpoint)
            .update();
    if (rows == 0) {
      throw Problem.notFound("newcomer", endpoint);
    }
  }

  @Operation(summary = "Choose whether the tenant sees devices that nobody has entered")
  @Requires(value = Role.ADMIN, system = true)
  @PutMapping("/v1/device-settings")
  @Transactional
  public Settings setDeviceSettings(Caller caller, @RequestBody Settings settings) {
    if (settings.newcomers()) {
      jdbc.sql("update device_settings set newcomers = false where tenant <> :tenant")
          .param("tenant", caller.tenant())
          .update();
    }
    jdbc.sql(
            """
            insert into device_settings (tenant, newcomers) values (:tenant, :newcomers)
            on conflict (tenant) do update set newcomers = excluded.newcomers
            """)
        .param("tenant", caller.tenant())
        .param("newcomers", settings.newcomers())
        .update();
    audit.record(
        caller,
        "device.settings",
        "tenant/" + caller.tenant(),
        Map.of("newcomers", settings.newcomers()));
    return settings;
  }
}
