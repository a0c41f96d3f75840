package dev.mote.plugin;

import java.util.concurrent.CancellationException;

/// Whom a compiler tells how far it is, and who may stop it.
public interface Progress {

  /// Nobody watches, nobody stops.
  Progress NONE =
      new Progress() {
        @Override
        public void report(double done, String what) {
          // Nobody watches.
        }

        @Override
        public boolean isCancelled() {
          return false;
        }
      };

  /// Tells how far it is.
  ///
  /// @param done share of the work, 0 to 1
  /// @param what is being done, for people
  void report(double done, String what);

  /// Whether the result is not wanted any more.
  boolean isCancelled();

  /// To be called between pieces of work, so that at most a second passes from a cancellation to
  /// the end.
  ///
  /// @throws CancellationException when the result is not wanted any more
  default void checkCancelled() {
    if (isCancelled()) {
      throw new CancellationException("cancelled");
    }
  }
}
