package dev.mote.orchestration.update;

import java.util.Optional;

/// The results of objects 5 and 9.
final class ResultCode {

  private ResultCode() {}

  /// Whether `result` says that the last installation went well.
  static boolean isSuccess(UpdateObject object, long result) {
    return switch (object) {
      case FIRMWARE -> result == 1;
      case SOFTWARE -> result == 2;
    };
  }

  /// The failure that `result` says; empty when it says none.
  static Optional<Failure> failure(UpdateObject object, long result) {
    return switch (object) {
      case FIRMWARE -> firmware(result);
      case SOFTWARE -> software(result);
    };
  }

  private static Optional<Failure> firmware(long result) {
    if (result == 0 || result == 1) {
      return Optional.empty();
    }
    return Optional.of(
        switch ((int) Math.min(result, Integer.MAX_VALUE)) {
          case 2 -> new Failure(FailureClass.STORAGE, "its flash has no room for the package");
          case 3 -> new Failure(FailureClass.STORAGE, "it ran out of memory while downloading");
          case 4 -> new Failure(FailureClass.TRANSPORT, "it lost the connection while downloading");
          case 5 -> new Failure(FailureClass.INTEGRITY, "the package did not pass its check");
          case 6 -> new Failure(FailureClass.UNSUPPORTED, "it does not take this kind of package");
          case 7 -> new Failure(FailureClass.UNSUPPORTED, "it cannot use the package's URI");
          case 8 -> new Failure(FailureClass.REJECTED, "its update failed");
          case 9 -> new Failure(FailureClass.UNSUPPORTED, "it does not speak the URI's protocol");
          case 10 -> new Failure(FailureClass.REJECTED, "the update was cancelled on the device");
          case 11 -> new Failure(FailureClass.TIMEOUT, "it put the update off");
          default -> unknown(result);
        });
  }

  private static Optional<Failure> software(long result) {
    if (result >= 0 && result <= 3) {
      return Optional.empty();
    }
    return Optional.of(
        switch ((int) Math.min(result, Integer.MAX_VALUE)) {
          case 50 -> new Failure(FailureClass.STORAGE, "its storage has no room for the package");
          case 51 -> new Failure(FailureClass.STORAGE, "it ran out of memory while downloading");
          case 52 ->
              new Failure(FailureClass.TRANSPORT, "it lost the connection while downloading");
          case 53 -> new Failure(FailureClass.INTEGRITY, "the package did not pass its check");
          case 54 -> new Failure(FailureClass.UNSUPPORTED, "it does not take this kind of package");
          case 56 -> new Failure(FailureClass.UNSUPPORTED, "it cannot use the package's URI");
          case 57 -> new Failure(FailureClass.REJECTED, "it refuses for a reason of its own");
          case 58 -> new Failure(FailureClass.REJECTED, "its installation failed");
          case 59 -> new Failure(FailureClass.REJECTED, "it could not remove the older package");
          default -> unknown(result);
        });
  }

  private static Failure unknown(long result) {
    return new Failure(FailureClass.REJECTED, "it reports result " + result);
  }
}
