package dev.mote.service.event;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where an event stands: by the transaction that wrote it, then by its number.
///
/// Numbers alone would not do: a transaction that began earlier may commit later, and whoever had
/// read on by then would miss its events. Transactions are read only once no older one can still
/// commit.
public record Position(long transaction, long number) implements Comparable<Position> {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-(\\d{1,18})");
  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::transaction).thenComparingLong(Position::number);

  /// The position that `text` says, as [#toString] writes it.
  public static Optional<Position> parse(String text) {
    return Optional.of(TEXT.matcher(text))
        .filter(m -> m.matches())
        .map(m -> new Position(Long.parseLong(m.group(1)), Long.parseLong(m.group(2))));
  }

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return transaction + "-" + number;
  }
}
