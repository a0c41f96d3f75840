package dev.mote.pluginhost.json;

/// A text that is no JSON, or not the JSON that it should be.
public final class JsonProblem extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String what;

  public JsonProblem(String what) {
    super(what);
    this.what = what;
  }

  /// What is wrong, and where.
  public String what() {
    return what;
  }
}
