package dev.mote.frontends.classical;

/// Ends the reading of a classical model.
public final class ClassicalRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ClassicalProblem problem;
  private final String where;
  private final String what;

  ClassicalRefusal(ClassicalProblem problem, String where, String what) {
    super(what, null, false, false);
    this.problem = problem;
    this.where = cut(where);
    this.what = cut(what);
  }

  public ClassicalProblem problem() {
    return problem;
  }

  /// Place in the model.
  public String where() {
    return where;
  }

  /// What is wrong there.
  public String what() {
    return what;
  }

  /// Names in messages come from the file and may be of any length.
  private static String cut(String text) {
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }
}
