package dev.mote.orchestration.update;

import java.util.Optional;

/// What a device says of its update object, read or notified.
///
/// @param state of the object, as sent
/// @param result of the object, as sent
/// @param version of the package in the object; empty when it tells none
/// @param active Activation State of object 9; empty where there is none
public record DeviceReport(
    long state, long result, Optional<String> version, Optional<Boolean> active) {

  /// A report of state and result only.
  public static DeviceReport of(long state, long result) {
    return new DeviceReport(state, result, Optional.empty(), Optional.empty());
  }

  public DeviceReport withVersion(String text) {
    return new DeviceReport(state, result, Optional.of(text), active);
  }

  public DeviceReport withActive(boolean isActive) {
    return new DeviceReport(state, result, version, Optional.of(isActive));
  }

  boolean hasVersion(String wanted) {
    return version.filter(wanted::equals).isPresent();
  }

  boolean hasOtherVersion(String wanted) {
    return version.filter(text -> !text.isEmpty() && !text.equals(wanted)).isPresent();
  }
}
