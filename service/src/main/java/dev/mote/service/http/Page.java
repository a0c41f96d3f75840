package dev.mote.service.http;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Part of a list.
///
/// @param items at most as many as were asked for
/// @param next cursor of the part that follows; empty at the end
public record Page<T>(List<T> items, Optional<String> next) {

  /// Copies the list.
  public Page {
    items = List.copyOf(items);
  }

  /// The page of rows that were read in the order of their ids.
  ///
  /// @param rows up to [PageRequest#rows()] rows after [PageRequest#after()]
  /// @param id of a row
  public static <T> Page<T> of(List<T> rows, PageRequest request, Function<T, UUID> id) {
    if (rows.size() <= request.limit()) {
      return new Page<>(rows, Optional.empty());
    }
    List<T> items = rows.subList(0, request.limit());
    return new Page<>(items, Optional.of(cursor(id.apply(items.getLast()))));
  }

  private static String cursor(UUID id) {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
