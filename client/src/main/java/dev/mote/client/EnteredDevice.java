package dev.mote.client;

import java.util.Optional;
import java.util.UUID;

/// What became of a new device.
///
/// @param line of the file that was imported; 0 otherwise
/// @param id empty when it was refused
/// @param kind of its credential
/// @param key pre-shared key in hexadecimal digits, if the service made it; it is shown this once
/// @param error why it was refused
public record EnteredDevice(
    int line,
    String endpoint,
    Optional<UUID> id,
    Optional<String> kind,
    Optional<String> identity,
    Optional<String> key,
    Optional<String> error) {

  @Override
  public String toString() {
    return "EnteredDevice[" + endpoint + "]";
  }
}
