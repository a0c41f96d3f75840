package dev.mote.service.device.filter;

/// A filter that cannot be read.
public final class FilterRefused extends IllegalArgumentException {

  private final int position;
  private final String fix;

  FilterRefused(int position, String what, String fix) {
    super("at character %d: %s".formatted(position + 1, what));
    this.position = position;
    this.fix = fix;
  }

  /// Where it went wrong; 0 is the first character.
  public int position() {
    return position;
  }

  /// What was meant, or how to write it; may be empty.
  public String fix() {
    return fix;
  }
}
