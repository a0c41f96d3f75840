package dev.mote.orchestration.update;

/// What a device is to get.
///
/// @param name as the device shows it, for instance the module's name
/// @param version compared with what the device says that it has; not empty
/// @param bytes its size; > 0
/// @param sha256 64 lower-case hexadecimal digits; where the bytes lie is the caller's to know
public record UpdatePackage(String name, String version, long bytes, String sha256) {

  public UpdatePackage {
    if (version.isEmpty() || bytes <= 0 || !sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "illegal package '%s' %s of %d bytes, digest %s".formatted(name, version, bytes, sha256));
    }
  }
}
