package dev.mote.fleet.content;

/// A payload is not what its format says.
public final class ContentProblem extends Exception {

  private static final long serialVersionUID = 1L;

  public ContentProblem(String what) {
    super(what);
  }
}
