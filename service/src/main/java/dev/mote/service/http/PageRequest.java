package dev.mote.service.http;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which part of a list is asked for, by `?cursor=` and `?limit=`; an argument of any method of a
/// controller.
///
/// @param after id of the last row of the former part; empty at the start
/// @param limit most rows wanted, 1 to 200
public record PageRequest(Optional<UUID> after, int limit) {

  /// Rows of a page when none are asked for.
  public static final int USUAL = 50;

  /// Most rows of a page.
  public static final int MOST = 200;

  /// Checks the limit.
  public PageRequest {
    if (limit < 1 || limit > MOST) {
      throw Problem.invalid("limit", "must be 1 to " + MOST);
    }
  }

  /// How many rows to read: one more than are shown, which says whether there is a next page.
  public int rows() {
    return limit + 1;
  }

  /// The id to continue after, or one before all others, for SQL's `id > :after`.
  public UUID afterOrFirst() {
    return after.orElseGet(() -> new UUID(0, 0));
  }

  /// The id to continue before, or one after all others, for lists with the newest first: `id <
  /// :before`.
  public UUID beforeOrLast() {
    return after.orElseGet(() -> new UUID(-1, -1));
  }

  static PageRequest parse(@Nullable String cursor, @Nullable String limit) {
    int rows = USUAL;
    if (limit != null && !limit.isEmpty()) {
      try {
        rows = Integer.parseInt(limit);
      } catch (NumberFormatException _) {
        throw Problem.invalid("limit", "must be a number");
      }
    }
    return new PageRequest(parseCursor(cursor), rows);
  }

  private static Optional<UUID> parseCursor(@Nullable String cursor) {
    if (cursor == null || cursor.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      if (bytes.length == 16) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return Optional.of(new UUID(buffer.getLong(), buffer.getLong()));
      }
    } catch (IllegalArgumentException _) {
      // Falls through to the same answer.
    }
    throw Problem.invalid("cursor", "is not one that the service gave; start without a cursor");
  }
}
