package dev.mote.client;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;

/// What a request carries; made anew for each time that it is sent.
sealed interface Body {

  record None() implements Body {}

  /// @param value maps, lists, texts, numbers, flags
  record Document(Object value) implements Body {
    @Override
    public String toString() {
      return "Document";
    }
  }

  /// Sent piece by piece, so that it may be larger than memory.
  record Contents(Path file, String type) implements Body {}

  default BodyPublisher publisher() {
    return switch (this) {
      case None _ -> BodyPublishers.noBody();
      case Document(Object value) -> BodyPublishers.ofString(Json.write(value));
      case Contents(Path file, String _) -> {
        try {
          yield BodyPublishers.ofFile(file);
        } catch (FileNotFoundException e) {
          throw ServiceProblem.local(
              ClientCodes.LOCAL_FILE, file + " cannot be read", "check its name.", e);
        }
      }
    };
  }

  default String type() {
    return switch (this) {
      case None _ -> "";
      case Document _ -> "application/json";
      case Contents(Path _, String type) -> type;
    };
  }
}
