package dev.mote.service.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/// A request whose body ends with a problem when it is longer than it may be, and of whose body the
/// digest is known once it was read.
final class LimitedBody extends HttpServletRequestWrapper {

  private final long limit;
  private final MessageDigest digest;
  private @Nullable ServletInputStream in;

  LimitedBody(HttpServletRequest request, long limit) {
    super(request);
    this.limit = limit;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    if (in == null) {
      in = new Counting(super.getInputStream());
    }
    return in;
  }

  @Override
  public BufferedReader getReader() throws IOException {
    return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
  }

  /// SHA-256 of all of the body; reads what nobody has read.
  byte[] finish() throws IOException {
    byte[] buffer = new byte[8192];
    while (getInputStream().read(buffer) >= 0) {
      // Only to be counted and digested.
    }
    return digest.digest();
  }

  private final class Counting extends ServletInputStream {

    private final ServletInputStream body;
    private long count;

    Counting(ServletInputStream body) {
      this.body = body;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = body.read(bytes, offset, length);
      if (read > 0) {
        count += read;
        if (count > limit) {
          throw Problems.tooLarge("the body");
        }
        digest.update(bytes, offset, read);
      }
      return read;
    }

    @Override
    public boolean isFinished() {
      return body.isFinished();
    }

    @Override
    public boolean isReady() {
      return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException("bodies are read by the thread of the request");
    }
  }
}
