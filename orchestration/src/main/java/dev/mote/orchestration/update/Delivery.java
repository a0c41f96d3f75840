package dev.mote.orchestration.update;

/// Who moves the bytes.
public enum Delivery {
  /// The service writes the package, block by block.
  PUSH,
  /// The service writes a URI, and the device fetches.
  PULL
}
