package dev.mote.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A device that is to be entered.
///
/// @param endpoint its LwM2M endpoint name
/// @param name for people; the endpoint if empty
/// @param kind what it must prove: `psk`, `rpk`, `x509` or `none`
/// @param identity of a pre-shared key or a certificate; the endpoint if empty
/// @param publicKey raw public key as PEM, for `rpk`
/// @param bootstrap whether that opens the bootstrap server, which gives the device a key of its
/// own
/// @param recipientKey public key that modules are encrypted for, as PEM
public record NewDevice(
    String endpoint,
    Optional<String> name,
    Map<String, String> tags,
    String kind,
    Optional<String> identity,
    Optional<String> publicKey,
    boolean bootstrap,
    Optional<String> recipientKey) {

  /// A device that gets a generated pre-shared key.
  public static NewDevice of(String endpoint, Map<String, String> tags) {
    return new NewDevice(
        endpoint,
        Optional.empty(),
        tags,
        "psk",
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  Map<String, Object> json() {
    Map<String, Object> credential = new LinkedHashMap<>();
    credential.put("kind", kind);
    identity.ifPresent(text -> credential.put("identity", text));
    publicKey.ifPresent(text -> credential.put("publicKey", text));
    if (bootstrap) {
      credential.put("bootstrap", true);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("endpoint", endpoint);
    name.ifPresent(text -> json.put("name", text));
    json.put("tags", tags);
    json.put("credential", credential);
    recipientKey.ifPresent(text -> json.put("recipientKey", text));
    return json;
  }
}
