package dev.mote.service.device;

import java.util.Map;
import java.util.function.Predicate;

/// A filter over devices, for the database and for one device in memory.
///
/// @param where SQL over the columns of table `device`, with named parameters, never with values in
///     the text; `true` for all
/// @param parameters their values
/// @param matches the same in memory
public record DeviceCondition(
    String where, Map<String, Object> parameters, Predicate<Device> matches) {

  /// Every device.
  public static final DeviceCondition ALL = new DeviceCondition("true", Map.of(), _ -> true);

  public DeviceCondition {
    parameters = Map.copyOf(parameters);
  }

  /// Reads the text of a filter; implemented by what knows the language.
  @FunctionalInterface
  public interface Language {
    /// @throws RuntimeException a problem, when `text` is no filter
    DeviceCondition parse(String text);
  }
}
