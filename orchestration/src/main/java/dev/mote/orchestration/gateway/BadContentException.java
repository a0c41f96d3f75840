package dev.mote.orchestration.gateway;

/// A device sent a payload that makes no sense.
public final class BadContentException extends Exception {

  private static final long serialVersionUID = 1L;

  BadContentException(String what) {
    super(what);
  }

  BadContentException(String what, Throwable cause) {
    super(what, cause);
  }
}
