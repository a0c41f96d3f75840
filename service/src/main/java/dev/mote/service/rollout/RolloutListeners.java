package dev.mote.service.rollout;

import dev.mote.service.compilation.BuildListener;
import dev.mote.service.device.DeviceChanged;
import dev.mote.service.device.FleetListener;
import dev.mote.service.device.UpdateEnded;
import dev.mote.service.device.UpdateListener;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Puts in for rollouts what happens to devices, in the transaction in which it happens.
@Component
final class RolloutListeners implements UpdateListener, FleetListener, BuildListener {

  private static final String PREFIX = "rollout:";

  private final JdbcClient jdbc;
  private final RolloutWorker worker;

  RolloutListeners(JdbcClient jdbc, RolloutWorker worker) {
    this.jdbc = jdbc;
    this.worker = worker;
  }

  @Override
  public void ended(UpdateEnded event) {
    if (!event.requestedBy().startsWith(PREFIX)) {
      return;
    }
    jdbc.sql(
            """
            insert into rollout_event (rollout, kind, device, running_update, outcome, failure, words)
            values (:rollout, 'ENDED', :device, :update, :outcome, :failure, :words)
            """)
        .param("rollout", UUID.fromString(event.requestedBy().substring(PREFIX.length())))
        .param("device", event.device())
        .param("update", event.update())
        .param("outcome", event.outcome().name())
        .param("failure", event.failure().map(Enum::name).orElse(null))
        .param("words", event.words())
        .update();
    worker.call();
  }

  @Override
  public void changed(DeviceChanged event) {
    changedAll(List.of(event));
  }

  /// Told to rollouts in which the devices wait, and to those that they may join.
  @Override
  public void changedAll(List<DeviceChanged> events) {
    int told =
        jdbc.sql(
                """
                insert into rollout_event (rollout, kind, device)
                select r.id, 'CHANGED', e.device
                from unnest(:tenants::uuid[], :devices::uuid[]) as e (tenant, device)
                join rollout r on r.tenant = e.tenant and r.live
                where r.open or exists (
                  select 1 from rollout_device d
                  where d.rollout = r.id and d.device = e.device and d.state = 'WAITING')
                """)
            .param("tenants", events.stream().map(DeviceChanged::tenant).toArray(UUID[]::new))
            .param("devices", events.stream().map(DeviceChanged::device).toArray(UUID[]::new))
            .update();
    if (told > 0) {
      worker.call();
    }
  }

  @Override
  public void ended(UUID tenant, UUID build) {
    int told =
        jdbc.sql(
                """
                insert into rollout_event (rollout, kind)
                select rollout, 'BUILT' from rollout_build
                where build = :build and module is null and failure is null
                """)
            .param("build", build)
            .update();
    if (told > 0) {
      worker.call();
    }
  }
}
