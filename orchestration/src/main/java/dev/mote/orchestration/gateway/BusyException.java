package dev.mote.orchestration.gateway;

/// There is no room for what a device told; it is to tell it again later.
public final class BusyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BusyException(String what) {
    super(what, null, false, false);
  }
}
