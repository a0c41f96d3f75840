package dev.mote.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A list that comes page by page, each when its first row is wanted.
final class Pages<T> implements java.util.Iterator<T> {

  private static final int ROWS = 100;

  private final Wire wire;
  private final String path;
  private final Map<String, ?> query;
  private final Class<T> type;
  private final Deque<T> rows = new ArrayDeque<>();
  private Optional<String> next = Optional.of("");

  private Pages(Wire wire, String path, Map<String, ?> query, Class<T> type) {
    this.wire = wire;
    this.path = path;
    this.query = query;
    this.type = type;
  }

  static <T> Stream<T> of(Wire wire, String path, Map<String, ?> query, Class<T> type) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new Pages<>(wire, path, query, type), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public boolean hasNext() {
    while (rows.isEmpty() && next.isPresent()) {
      String cursor = next.get();
      Map<String, Object> all = new LinkedHashMap<>(query);
      all.put("limit", ROWS);
      all.put("cursor", cursor);
      Answer.Part<T> page = wire.get(path, all).page(type);
      rows.addAll(page.items());
      next = page.next();
      if (next.isPresent() && (next.get().equals(cursor) || page.items().isEmpty())) {
        throw Answer.bad(wire.address().service(), "its pages do not end");
      }
    }
    return !rows.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return rows.remove();
  }
}
