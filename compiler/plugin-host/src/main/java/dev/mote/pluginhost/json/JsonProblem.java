package dev.mote.pluginhost.json;

/// A text that is no JSON, or not the JSON that it should be.
public final class JsonProblem extends RuntimeException {

  private static final long serialVersionUID = 1;

  public JsonProblem(String message) {
    super(message);
  }
}
