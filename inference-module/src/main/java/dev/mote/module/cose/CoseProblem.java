package dev.mote.module.cose;

/// A structure that is not of the form that modules use, or a key that does not do.
public final class CoseProblem extends Exception {

  private static final long serialVersionUID = 1L;

  CoseProblem(String what) {
    super(what);
  }

  CoseProblem(String what, Throwable cause) {
    super(what, cause);
  }

  /// What is wrong.
  public String what() {
    return String.valueOf(getMessage());
  }
}
