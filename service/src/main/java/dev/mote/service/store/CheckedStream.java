package dev.mote.service.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Reads an artifact and checks it on the way: the last bytes are given only if all are right.
final class CheckedStream extends FilterInputStream {

  private final String sha256;
  private final MessageDigest digest = StoredArtifacts.sha256();
  private long left;

  CheckedStream(InputStream in, String sha256, long bytes) {
    super(in);
    this.sha256 = sha256;
    this.left = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    int n = in.read(to, offset, (int) Math.min(length, left));
    if (n < 0) {
      throw new ArtifactDamaged(sha256);
    }
    digest.update(to, offset, n);
    left -= n;
    if (left == 0 && !HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
      throw new ArtifactDamaged(sha256);
    }
    return n;
  }

  /// Reads what is skipped: it is checked as well.
  @Override
  public long skip(long n) throws IOException {
    byte[] block = new byte[Math.clamp(n, 1, 1 << 16)];
    long skipped = 0;
    while (skipped < n) {
      int read = read(block, 0, (int) Math.min(block.length, n - skipped));
      if (read < 0) {
        break;
      }
      skipped += read;
    }
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
