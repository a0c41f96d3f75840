package dev.mote.module.cbor;

/// Bytes that are not the CBOR that a module may hold.
public final class CborProblem extends Exception {

  private static final long serialVersionUID = 1L;

  /// What is wrong.
  public enum Kind {
    /// Not well-formed: cut off, followed by more, a reserved head, text that is not UTF-8.
    MALFORMED,
    /// Well-formed, but not the one deterministic encoding, or of a kind that modules do not use.
    NOT_CANONICAL,
    /// Larger or deeper than a reader need accept.
    LIMIT
  }

  private final Kind kind;
  private final int offset;

  CborProblem(Kind kind, int offset, String what) {
    super(what);
    this.kind = kind;
    this.offset = offset;
  }

  public Kind kind() {
    return kind;
  }

  /// Where, in bytes from the start of what was read.
  public int offset() {
    return offset;
  }

  /// What is wrong, without the place.
  public String what() {
    return String.valueOf(getMessage());
  }
}
