package dev.mote.fleet.line;

/// The way of one device to its server. Used on the thread of the device's [Loop] alone.
public interface Line {

  /// Sends a datagram; it may get lost.
  void send(byte[] datagram);

  void close();

  /// Takes what arrives.
  @FunctionalInterface
  interface Listener {
    /// Called on the loop's thread.
    void arrived(byte[] datagram);
  }
}
