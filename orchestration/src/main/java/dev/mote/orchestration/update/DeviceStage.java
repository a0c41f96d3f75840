package dev.mote.orchestration.update;

import java.util.Optional;

/// Where a device says that it is: the states of objects 5 and 9 brought to one list.
public enum DeviceStage {
  /// Nothing in progress: Idle, Initial.
  IDLE,
  DOWNLOADING,
  /// Everything arrived, but it is not checked yet; object 9 only.
  CHECKING,
  /// It may be installed: Downloaded of object 5, Delivered of object 9.
  READY,
  /// Updating of object 5.
  INSTALLING,
  /// A package is installed; object 9 only, object 5 goes back to idle.
  INSTALLED;

  /// The stage that `state` of `object` means; empty for a number that the object does not have.
  public static Optional<DeviceStage> of(UpdateObject object, long state) {
    DeviceStage[] stages =
        switch (object) {
          case FIRMWARE -> new DeviceStage[] {IDLE, DOWNLOADING, READY, INSTALLING};
          case SOFTWARE -> new DeviceStage[] {IDLE, DOWNLOADING, CHECKING, READY, INSTALLED};
        };
    return state >= 0 && state < stages.length
        ? Optional.of(stages[(int) state])
        : Optional.empty();
  }
}
