package dev.mote.pluginhost.process;

/// Something that a [Sandbox] holds a program to.
public enum Protection {
  /// It reaches no network, not even this machine's.
  NETWORK("no network"),
  /// It writes nowhere but in its folder.
  FILES("writes only in its folder"),
  /// It sees and signals no other processes, and all that it starts ends with it.
  PROCESSES("no other processes"),
  /// Its memory, processor time and files are limited by the kernel.
  RESOURCES("memory, processor time and files limited");

  private final String label;

  Protection(String label) {
    this.label = label;
  }

  /// For people.
  public String label() {
    return label;
  }
}
