package dev.mote.module;

/// The integers that name fields in the file, in the order of the specification.
final class Keys {

  // The envelope and the manifest, as in SUIT.
  static final long ENVELOPE_TAG = 107;
  static final int AUTHENTICATION = 2;
  static final int MANIFEST = 3;
  static final int MANIFEST_VERSION = 1;
  static final int SEQUENCE = 2;
  static final int COMMON = 3;
  static final int VALIDATE = 7;
  static final int INSTALL = 20;
  static final int COMPONENTS = 2;
  static final int SHARED_SEQUENCE = 4;

  /// In a manifest the description, in an envelope the transports: SUIT's first private key.
  static final int PRIVATE = -256;

  static final int DESCRIPTION_VERSION = 1;
  static final int IDENTITY = 2;
  static final int PROVENANCE = 3;
  static final int PAYLOADS = 4;
  static final int INPUTS = 5;
  static final int OUTPUTS = 6;
  static final int PREPROCESSING = 7;
  static final int POSTPROCESSING = 8;
  static final int GOLDEN = 9;
  static final int LICENCE = 10;

  private Keys() {}
}
