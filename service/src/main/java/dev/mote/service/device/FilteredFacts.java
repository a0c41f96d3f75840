package dev.mote.service.device;

import dev.mote.builder.DeviceFacts;
import dev.mote.service.compilation.FactsSource;
import dev.mote.service.http.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The distinct facts of the devices that a filter matches. Devices that have not said what they
/// are have none, and are left out.
@Component
class FilteredFacts implements FactsSource {

  private record Count(String facts, int devices) {}

  private final JdbcClient jdbc;
  private final ObjectProvider<DeviceCondition.Language> language;

  FilteredFacts(JdbcClient jdbc, ObjectProvider<DeviceCondition.Language> language) {
    this.jdbc = jdbc;
    this.language = language;
  }

  @Override
  public Map<DeviceFacts, Integer> matching(UUID tenant, String filter) {
    DeviceCondition condition = condition(filter);
    List<Count> counts =
        jdbc.sql(
                """
                select w.facts::text as facts, count(*) as devices
                from (select id from device where tenant = :tenant and (%s)) d
                join device_word w on w.device = d.id
                where w.facts is not null
                group by w.facts::text order by w.facts::text
                """
                    .formatted(condition.where()))
            .params(condition.parameters())
            .param("tenant", tenant)
            .query((row, _) -> new Count(row.getString(1), row.getInt(2)))
            .list();
    Map<DeviceFacts, Integer> facts = new LinkedHashMap<>();
    counts.forEach(
        count ->
            facts.merge(
                DeviceFacts.parse(DeviceJson.map(count.facts())), count.devices(), Integer::sum));
    return facts;
  }

  private DeviceCondition condition(String filter) {
    if (filter.isBlank()) {
      return DeviceCondition.ALL;
    }
    DeviceCondition.Language reader = language.getIfAvailable();
    if (reader == null) {
      throw Problem.invalid("devices", "this service reads no filters; leave it empty for all");
    }
    return reader.parse(filter);
  }
}
