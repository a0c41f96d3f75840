package dev.mote.service.registry;

import dev.mote.service.http.Problem;
import dev.mote.service.store.ArtifactMissing;
import dev.mote.service.store.Artifacts;
import jakarta.servlet.http.HttpServletResponse;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/// Gives artifacts out. What is at an address with a digest for its ETag never changes, so that a
/// copy may be kept, and a broken download goes on where it broke.
@Component
class Downloads {

  /// A report is written by us but speaks of names that others gave: it may show itself and nothing
  /// else.
  private static final String PAGE_POLICY =
      "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
          + " img-src data:; frame-ancestors 'self'";

  private final Artifacts artifacts;

  Downloads(Artifacts artifacts) {
    this.artifacts = artifacts;
  }

  ResponseEntity<Resource> file(String sha256, String fileName, boolean partly) {
    return ResponseEntity.ok()
        .eTag(sha256)
        .cacheControl(kept())
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment()
                .filename(fileName, StandardCharsets.UTF_8)
                .build()
                .toString())
        .body(content(sha256, partly));
  }

  /// @param response whose usual policies, which are for the service's own pages, give way
  ResponseEntity<Resource> page(String sha256, HttpServletResponse response) {
    response.setHeader("Content-Security-Policy", PAGE_POLICY);
    response.setHeader("X-Frame-Options", "SAMEORIGIN");
    return ResponseEntity.ok()
        .eTag(sha256)
        .cacheControl(kept())
        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
        .body(content(sha256, false));
  }

  /// Copies are asked for again whether the caller may still have them.
  private static CacheControl kept() {
    return CacheControl.maxAge(Duration.ZERO).cachePrivate().mustRevalidate();
  }

  private Resource content(String sha256, boolean partly) {
    try {
      return new Content(artifacts, sha256, artifacts.size(sha256), partly);
    } catch (ArtifactMissing e) {
      throw gone(sha256);
    }
  }

  private static Problem gone(String sha256) {
    return RegistryCodes.CONTENT_GONE.problem(
        "the bytes of " + sha256 + " are not in the store",
        "tell the operator of the service: the store lost them.");
  }

  private static final class Content extends AbstractResource {

    private final Artifacts artifacts;
    private final String sha256;
    private final long bytes;
    private final boolean partly;

    Content(Artifacts artifacts, String sha256, long bytes, boolean partly) {
      this.artifacts = artifacts;
      this.sha256 = sha256;
      this.bytes = bytes;
      this.partly = partly;
    }

    /// A part is taken from a file that was checked as a whole; all of it is checked on the way.
    @Override
    public InputStream getInputStream() {
      try {
        return partly ? Channels.newInputStream(artifacts.channel(sha256)) : artifacts.open(sha256);
      } catch (ArtifactMissing e) {
        throw gone(sha256);
      }
    }

    @Override
    public long contentLength() {
      return bytes;
    }

    @Override
    public String getDescription() {
      return "artifact " + sha256;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Content that && sha256.equals(that.sha256);
    }

    @Override
    public int hashCode() {
      return sha256.hashCode();
    }
  }
}
