package dev.mote.orchestration.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Pieces of packages, each in memory once however many devices take it.
final class Packages {

  private static final int PIECE = 64 * 1024;
  private static final int MOST_PIECES = 512;

  private record Key(String sha256, long number) {}

  /// @param size of the package
  private record Piece(long size, byte[] bytes) {}

  /// Some bytes of a package.
  ///
  /// @param size of the whole package
  record Part(long size, byte[] bytes) {}

  private final PackageSource source;
  private final Map<Key, FutureTask<Optional<Piece>>> pieces =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, FutureTask<Optional<Piece>>> eldest) {
          return size() > MOST_PIECES;
        }
      };

  Packages(PackageSource source) {
    this.source = source;
  }

  /// Bytes from `offset` on, `length` or fewer at the package's end. `length` is a power of two
  /// of at most 1024 and `offset` one of its multiples. Empty when there is no such package.
  Optional<Part> part(String sha256, long offset, int length) throws IOException {
    Optional<Piece> found = piece(new Key(sha256, offset / PIECE));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Piece piece = found.get();
    int from = (int) (offset % PIECE);
    int count = Math.max(0, Math.min(length, piece.bytes().length - from));
    byte[] bytes = new byte[count];
    System.arraycopy(piece.bytes(), Math.min(from, piece.bytes().length), bytes, 0, count);
    return Optional.of(new Part(piece.size(), bytes));
  }

  private Optional<Piece> piece(Key key) throws IOException {
    FutureTask<Optional<Piece>> reading;
    synchronized (pieces) {
      reading = pieces.computeIfAbsent(key, k -> new FutureTask<>(() -> read(k)));
    }
    reading.run();
    try {
      Optional<Piece> piece = reading.get();
      if (piece.isEmpty()) {
        drop(key, reading);
      }
      return piece;
    } catch (ExecutionException e) {
      drop(key, reading);
      throw new IOException("cannot read package " + key.sha256(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void drop(Key key, FutureTask<Optional<Piece>> reading) {
    synchronized (pieces) {
      pieces.remove(key, reading);
    }
  }

  private Optional<Piece> read(Key key) throws IOException {
    Optional<PackageSource.Content> opened = source.open(key.sha256());
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (PackageSource.Content content = opened.get()) {
      long size = content.size();
      long offset = key.number() * PIECE;
      byte[] bytes = new byte[(int) Math.max(0, Math.min(PIECE, size - offset))];
      content.read(offset, ByteBuffer.wrap(bytes));
      return Optional.of(new Piece(size, bytes));
    }
  }
}
