package dev.mote.service.http;

/// Where answers that are kept for repeated requests are sealed: they may hold secrets.
public interface Vault {

  /// Seals for a purpose.
  byte[] seal(String purpose, byte[] secret);

  /// Opens what was sealed for the same purpose.
  byte[] open(String purpose, byte[] sealed);
}
