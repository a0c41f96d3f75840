package dev.mote.module;

/// A module, a key or a list is refused.
public final class ModuleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ModuleCodes code;
  private final String where;
  private final String what;

  /// @param where the part concerned, for instance `payload 0, block 3`
  /// @param what what is wrong and why
  public ModuleException(ModuleCodes code, String where, String what) {
    super("MOTE-%04d %s: %s".formatted(code.number(), where, what));
    this.code = code;
    this.where = where;
    this.what = what;
  }

  public ModuleCodes code() {
    return code;
  }

  public String where() {
    return where;
  }

  public String what() {
    return what;
  }
}
