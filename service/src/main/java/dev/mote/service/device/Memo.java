package dev.mote.service.device;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Results of a function that has no effects, of the arguments that were used last. Devices of a
/// fleet say the same things.
final class Memo<A, R> {

  private final Function<A, R> function;
  private final Map<A, R> results;

  /// @param most results that are kept
  Memo(int most, Function<A, R> function) {
    this.function = function;
    this.results =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<A, R> eldest) {
            return size() > most;
          }
        };
  }

  R of(A argument) {
    synchronized (results) {
      R known = results.get(argument);
      if (known != null) {
        return known;
      }
    }
    R result = function.apply(argument);
    synchronized (results) {
      results.put(argument, result);
    }
    return result;
  }
}
