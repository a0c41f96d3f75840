package dev.mote.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.RequestOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The browser of this machine: none is downloaded.
final class Chromium implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Playwright playwright;
  private final Browser browser;
  private @Nullable String session;

  /// What a page shows of a busy service comes when it can.
  private static final double PATIENCE_MILLISECONDS = 20_000;

  private Chromium(Path program) {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLISECONDS);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program)
                    // Within a container there is no sandbox to be had.
                    .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
  }

  /// Where it is, if this machine has one.
  static Optional<Path> program() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start() {
    return new Chromium(
        program().orElseThrow(() -> new IllegalStateException("there is no Chromium here")));
  }

  /// What a browser keeps of a login as the administrator: one for all tests that do not log out.
  String session(Station station) {
    if (session == null) {
      try (BrowserContext context = browser.newContext()) {
        context
            .request()
            .post(
                station.address() + "/v1/sessions",
                RequestOptions.create()
                    .setData(
                        Map.of("user", "admin", "password", Station.PASSWORD, "cookie", true)));
        session = context.storageState();
      }
    }
    return session;
  }

  Browser browser() {
    return browser;
  }

  @Override
  public void close() {
    playwright.close();
  }
}
