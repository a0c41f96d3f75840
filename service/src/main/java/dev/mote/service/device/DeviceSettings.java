package dev.mote.service.device;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How devices are kept.
///
/// @param kept registrations that one process keeps copies of in memory
/// @param history lines of the history of one device
/// @param capabilityAge after which a device that registers is asked again what it can do
/// @param observationAge after which a device that was silent for long is asked again to tell its
///     values; it may have given up telling them meanwhile
/// @param observed objects whose values are asked for of each device that has them: ids, or ranges
///     of ids as `3300-3442`
/// @param mostObserved most objects of one device that are observed
/// @param mostRequests most requests of people that may wait for one device
/// @param importLines most lines of one import
/// @param firmwareBytes largest firmware that can be uploaded
@ConfigurationProperties("mote.device")
public record DeviceSettings(
    @DefaultValue("200000") int kept,
    @DefaultValue("300") int history,
    @DefaultValue("24h") Duration capabilityAge,
    @DefaultValue("1h") Duration observationAge,
    @DefaultValue({"33458", "3300-3442"}) List<ObjectRange> observed,
    @DefaultValue("8") int mostObserved,
    @DefaultValue("50") int mostRequests,
    @DefaultValue("100000") int importLines,
    @DefaultValue("67108864") long firmwareBytes) {

  public DeviceSettings {
    observed = List.copyOf(observed);
    if (kept < 1 || history < 1 || mostObserved < 0 || mostRequests < 1 || importLines < 1) {
      throw new IllegalArgumentException("mote.device: numbers must be above 0");
    }
  }

  boolean isObserved(int object) {
    return observed.stream().anyMatch(range -> range.contains(object));
  }
}
