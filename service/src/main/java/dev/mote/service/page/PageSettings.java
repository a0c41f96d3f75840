package dev.mote.service.page;

import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Where the browser's pages are.
///
/// @param folder with their `index.html`; `web/dist` of the program's folder unless given. Without
///     one there, the service has no pages
@ConfigurationProperties("mote.web")
record PageSettings(Optional<String> folder) {

  Path found() {
    return folder
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("mote.root", ".")).resolve("web/dist"));
  }
}
