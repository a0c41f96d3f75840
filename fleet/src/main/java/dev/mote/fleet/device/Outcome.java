package dev.mote.fleet.device;

/// How an update stands or ended, with the numbers that objects 5 and 9 have for it.
enum Outcome {
  INITIAL(0, 0),
  DOWNLOADING(0, 1),
  CHECKED(0, 3),
  INSTALLED(1, 2),
  NO_STORAGE(2, 50),
  CONNECTION_LOST(4, 52),
  DAMAGED(5, 53),
  UNSUPPORTED(6, 54),
  BAD_URI(7, 56),
  REFUSED(8, 57),
  FAILED(8, 58);

  private final int ofFirmware;
  private final int ofSoftware;

  Outcome(int ofFirmware, int ofSoftware) {
    this.ofFirmware = ofFirmware;
    this.ofSoftware = ofSoftware;
  }

  int number(UpdateKind kind) {
    return kind == UpdateKind.FIRMWARE ? ofFirmware : ofSoftware;
  }

  boolean isFailure() {
    return compareTo(INSTALLED) > 0;
  }
}
