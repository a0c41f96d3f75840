package dev.mote.orchestration.object;

import java.util.List;

/// The two objects that Mote adds to the standard ones.
///
/// Their ids lie in the range that the registry leaves to vendors for objects that are not
/// published (32769 to 42768); a fleet that uses them otherwise moves them in its configuration.
public final class MoteObjects {

  /// What a compiler must know of a device; one instance, all resources but one to be read.
  public static final int INFERENCE = 33_457;

  /// Public key of whose modules a device takes, as SubjectPublicKeyInfo in DER: for bootstrap
  /// servers to write.
  public static final ResourcePath SIGNING_KEY = new ResourcePath(INFERENCE, 0, 16);

  /// An installed module: an instance for each slot of the runtime, all resources to be read.
  public static final int MODULE = 33_458;

  /// Names of the definitions, as resources of this package: standard objects that servers rarely
  /// know, then Mote's own.
  public static final List<String> DEFINITIONS =
      List.of("9.xml", "19.xml", INFERENCE + ".xml", MODULE + ".xml");

  private MoteObjects() {}

  /// Resources of [#INFERENCE].
  static final class Inference {
    static final int ARCHITECTURE = 0;
    static final int EXTENSIONS = 1;
    static final int CORE = 2;
    static final int CLOCK = 3;
    static final int RAM_TOTAL = 4;
    static final int RAM_FREE = 5;
    static final int FLASH_TOTAL = 6;
    static final int FLASH_FREE = 7;
    static final int RUNTIME_ABI = 8;
    static final int RUNTIME_VERSION = 9;
    static final int PAYLOAD_KINDS = 10;
    static final int ACCELERATORS = 11;
    static final int OPERATING_SYSTEM = 12;
    static final int SLOTS = 13;
    static final int TARGET = 14;
    static final int FEATURES = 15;

    private Inference() {}
  }

  /// Resources of [#MODULE].
  static final class Module {
    static final int IDENTITY = 0;
    static final int NAME = 1;
    static final int VERSION = 2;
    static final int SEQUENCE = 3;
    static final int STATE = 4;
    static final int DIGEST = 5;
    static final int LAST_ERROR = 6;
    static final int INFERENCES = 7;
    static final int MEAN_LATENCY = 8;
    static final int LONGEST_LATENCY = 9;
    static final int LAST_CLASS = 10;
    static final int LAST_SCORE = 11;
    static final int SELF_TEST = 12;

    private Module() {}
  }
}
