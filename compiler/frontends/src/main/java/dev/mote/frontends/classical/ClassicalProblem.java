package dev.mote.frontends.classical;

import dev.mote.ir.Diagnostic;

/// Everything that can be wrong with the file of a classical model; `docs/errors` has a page for
/// each.
public enum ClassicalProblem {
  /// The text does not follow the format's syntax.
  SYNTAX(1201),
  /// A stated limit of size is exceeded.
  TOO_LARGE(1202),
  /// A field is missing, or has another type or length than the others make necessary.
  FIELD(1203),
  /// Nodes of a tree do not make a tree.
  TREE(1204),
  /// A feature that the model does not have.
  FEATURE(1205),
  /// A threshold, leaf or coefficient is not a finite number.
  NUMBER(1206),
  /// The model is of a sort that Mote does not have.
  UNSUPPORTED(1207),
  /// The reader itself failed.
  INTERNAL(1299);

  private final int code;

  ClassicalProblem(int code) {
    this.code = code;
  }

  /// Ends the reading of the model: `what` is wrong at `where`.
  public ClassicalRefusal at(String where, String what) {
    return new ClassicalRefusal(this, where, what);
  }

  /// What the user reads of a problem at `where` in `file`.
  public Diagnostic diagnostic(String file, String where, String what) {
    String place = where.isEmpty() ? file : file + ", " + where;
    return this == INTERNAL
        ? Diagnostic.internal(code, place, what, fix())
        : Diagnostic.user(code, place, what, fix());
  }

  private String fix() {
    return switch (this) {
      case SYNTAX, FIELD, TREE, FEATURE, NUMBER ->
          "save the model again with the library that trained it; do not edit the file.";
      case TOO_LARGE -> "train fewer or smaller trees; the model has to fit a microcontroller.";
      case UNSUPPORTED -> "see docs/howto/classical-models.md for what is read, and ways around.";
      case INTERNAL -> "please report this with the model.";
    };
  }
}
