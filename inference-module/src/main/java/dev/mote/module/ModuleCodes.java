package dev.mote.module;

/// Why a module is refused; a page each in `docs/errors`, a row each in the specification.
public enum ModuleCodes {
  NOT_A_MODULE(6001),
  MALFORMED(6002),
  NOT_CANONICAL(6003),
  LIMIT(6004),
  FIELD(6005),
  UNKNOWN_KEY(6006),
  UNSUPPORTED_VERSION(6007),
  COMMANDS(6008),
  MANIFEST_DIGEST(6009),
  NOT_TRUSTED(6010),
  BAD_SIGNATURE(6011),
  REVOKED(6012),
  ROLLBACK(6013),
  TARGET(6014),
  PAYLOAD_SIZE(6020),
  PAYLOAD_DIGEST(6021),
  PAYLOAD_ABSENT(6022),
  CONTENT_KEY(6023),
  DELTA_BASE(6024),
  DELTA(6025),
  ENTRY_TABLE(6026),
  KEY(6030),
  TRUST_LIST(6031);

  private final int number;

  ModuleCodes(int number) {
    this.number = number;
  }

  /// The number after `MOTE-`.
  public int number() {
    return number;
  }

  /// What to do about it; a sentence.
  public String fix() {
    return switch (this) {
      case NOT_A_MODULE -> "give the path of a module, as 'mote module build' writes it.";
      case MALFORMED -> "fetch or build the file again; it is damaged.";
      case NOT_CANONICAL -> "write it in the deterministic encoding of RFC 8949, section 4.2.1.";
      case LIMIT -> "stay within the limits that the specification of the format states.";
      case FIELD -> "write the field as the specification of the format states.";
      case UNKNOWN_KEY -> "read it with a newer Mote, or leave the key out.";
      case UNSUPPORTED_VERSION -> "read it with a newer Mote, or write version 1.";
      case COMMANDS -> "write the command sequences that the specification derives.";
      case MANIFEST_DIGEST -> "fetch or build the file again; the manifest was changed.";
      case NOT_TRUSTED -> "sign it with a key that is trusted, or trust the key that signed it.";
      case BAD_SIGNATURE -> "fetch the file again; it is not what the key's owner signed.";
      case REVOKED -> "sign it with a key that is still valid.";
      case ROLLBACK -> "build the module with a higher --sequence.";
      case TARGET -> "build the module for this device.";
      case PAYLOAD_SIZE, PAYLOAD_DIGEST ->
          "fetch or build the file again; the payload was changed.";
      case PAYLOAD_ABSENT -> "take the file that carries this payload.";
      case CONTENT_KEY -> "give the key of one of the recipients.";
      case DELTA_BASE -> "apply it to the module that it was made from, or take the full module.";
      case DELTA -> "take the full module.";
      case ENTRY_TABLE -> "build the payload again, for the manifest that it stands in.";
      case KEY -> "give a PEM file with a key that 'mote module keygen' can write.";
      case TRUST_LIST -> "take the newest list.";
    };
  }
}
