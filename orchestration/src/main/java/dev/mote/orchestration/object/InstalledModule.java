package dev.mote.orchestration.object;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What a device says of one of its slots.
///
/// @param slot instance of the object
/// @param identity the module's UUID as text
/// @param name the model's name; may be empty
/// @param version as people write it; may be empty
/// @param sequence the module's sequence number, which must not go down
/// @param state what the runtime does with it
/// @param digest SHA-256 of the module as 64 lower-case hexadecimal digits; empty when not told
/// @param lastError code of the runtime's last refusal; 0 for none
/// @param lastClass class of its last inference
/// @param lastScore score of that class
/// @param selfTest what the module's own samples came to on this device
public record InstalledModule(
    int slot,
    String identity,
    String name,
    String version,
    long sequence,
    State state,
    Optional<String> digest,
    long lastError,
    OptionalLong lastClass,
    OptionalDouble lastScore,
    SelfTest selfTest) {

  /// Outcomes of the self-test, in the order of their numbers.
  public enum SelfTest {
    NOT_RUN,
    PASSED,
    FAILED
  }

  /// States of a slot, in the order of their numbers.
  public enum State {
    EMPTY,
    RECEIVING,
    RECEIVED,
    /// It runs, and goes back unless it proves itself.
    TRIAL,
    ACTIVE,
    /// The one before, to go back to.
    FORMER,
    REFUSED
  }
}
