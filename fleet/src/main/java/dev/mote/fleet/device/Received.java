package dev.mote.fleet.device;

/// A package that a device has received and checked.
///
/// @param name of the module; empty for other packages
/// @param version the module's sequence number as a text; the first digits of the digest for other
/// packages
/// @param sequence of the module; 0 for other packages
/// @param identity UUID of the module as a text; empty for other packages
/// @param digest SHA-256 of the file in lower-case hexadecimal digits
/// @param bytes its size
/// @param passesSelfTest whether the golden vectors held, where they were run; true where they were
/// not
public record Received(
    String name,
    String version,
    long sequence,
    String identity,
    String digest,
    long bytes,
    boolean passesSelfTest) {}
