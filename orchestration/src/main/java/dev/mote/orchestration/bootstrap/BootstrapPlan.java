package dev.mote.orchestration.bootstrap;

import dev.mote.orchestration.gateway.Secret;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.ResourcePath;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a device is told.
///
/// @param accounts servers to register with; at least one
/// @param values of other objects; none of 0 and 1. Devices without such an object do without them
public record BootstrapPlan(List<Account> accounts, Map<ResourcePath, List<Value>> values) {

  /// A server.
  ///
  /// @param uri as `coaps://host:5684`
  /// @param shortId the device's number for it, 1 to 65534
  /// @param lifetime of registrations
  /// @param binding `U`, or `UQ` for LwM2M 1.0 devices that sleep
  public record Account(String uri, int shortId, Duration lifetime, String binding, Proof proof) {
    public Account {
      if (uri.length() > 255 || shortId < 1 || shortId > 65_534 || !lifetime.isPositive()) {
        throw new IllegalArgumentException("not an account: " + uri + ", " + shortId);
      }
    }
  }

  /// What the device proves itself with.
  public sealed interface Proof {}

  /// Nothing, over CoAP without security.
  public record Nothing() implements Proof {}

  public record PreShared(String identity, Secret key) implements Proof {}

  /// A raw public key.
  ///
  /// @param own the device's, as SubjectPublicKeyInfo
  /// @param server the server's
  /// @param secret the private half of the device's, as PKCS #8
  public record RawKey(ByteBuffer own, ByteBuffer server, Secret secret) implements Proof {}

  /// A certificate.
  ///
  /// @param own the device's, DER
  /// @param server the server's, or that of its authority, DER
  /// @param secret the private key of the device's, as PKCS #8
  public record Certificate(ByteBuffer own, ByteBuffer server, Secret secret) implements Proof {}

  public BootstrapPlan {
    accounts = List.copyOf(accounts);
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    if (accounts.isEmpty() || values.keySet().stream().anyMatch(path -> path.object() < 2)) {
      throw new IllegalArgumentException("a plan has accounts, and no values of objects 0 and 1");
    }
  }
}
