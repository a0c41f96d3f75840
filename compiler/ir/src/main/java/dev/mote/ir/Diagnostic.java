package dev.mote.ir;

/// One thing that is wrong, told so that its reader can act: what, where, why and how to fix.
///
/// The same code is used by the command line, the service and the device log.
///
/// @param code stable number, printed as `MOTE-nnnn`
/// @param kind who can do something about it
/// @param where file, node or option concerned, for instance `kws.tflite, Conv2d 'stem' (op #4)`
/// @param what what is wrong and why
/// @param fix what to do; one or two sentences
public record Diagnostic(int code, Kind kind, String where, String what, String fix) {

  /// Who can act on a diagnostic.
  public enum Kind {
    /// The input or its use is wrong.
    USER,
    /// Something outside is missing or too small: memory, a tool, a device.
    RESOURCE,
    /// A defect of Mote.
    INTERNAL
  }

  public static Diagnostic user(int code, String where, String what, String fix) {
    return new Diagnostic(code, Kind.USER, where, what, fix);
  }

  public static Diagnostic resource(int code, String where, String what, String fix) {
    return new Diagnostic(code, Kind.RESOURCE, where, what, fix);
  }

  public static Diagnostic internal(int code, String where, String what, String fix) {
    return new Diagnostic(code, Kind.INTERNAL, where, what, fix);
  }

  /// `MOTE-nnnn`.
  public String label() {
    return "MOTE-%04d".formatted(code);
  }

  /// The whole message in two lines.
  @Override
  public String toString() {
    return label() + " " + where + ": " + what + "\n  Fix: " + fix;
  }
}
