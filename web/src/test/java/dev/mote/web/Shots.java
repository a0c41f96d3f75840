package dev.mote.web;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.mote.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Takes the pictures of the documentation: `scripts/web-shots [FOLDER [ADDRESS PASSWORD]]`.
///
/// Without an address it starts a service, fills it with a model and twelve virtual devices, and
/// rolls the model out to them. With one it takes what is there.
final class Shots {

  private static final int WIDTH = 1280;
  private static final int HEIGHT = 800;
  private static final int REPORT_WIDTH = 960;
  private static final int WAIT = 180_000;

  private final Visit visit;
  private final Path folder;

  private Shots(Visit visit, Path folder) {
    this.visit = visit;
    this.folder = folder;
  }

  /// @param arguments where to, and which service
  public static void main(String[] arguments) throws IOException {
    Path folder =
        arguments.length > 0 ? Path.of(arguments[0]) : Sources.root().resolve("docs/images");
    Files.createDirectories(folder);
    try (Chromium chromium = Chromium.start()) {
      if (arguments.length == 3) {
        take(chromium, folder, arguments[1], arguments[2], false);
        return;
      }
      try (Station station = Station.start();
          Fleet fleet = station.fleet("line-", 12)) {
        System.out.printf("%d virtual devices%n", fleet.size());
        take(chromium, folder, station.address(), Station.PASSWORD, true);
      }
    }
  }

  private static void take(
      Chromium chromium, Path folder, String address, String password, boolean fill) {
    try (Visit wide = new Visit(chromium.browser(), address, WIDTH, HEIGHT, ColorScheme.LIGHT)) {
      wide.logIn("admin", password);
      wide.heading("Overview").waitFor();
      Shots shots = new Shots(wide, folder);
      if (fill) {
        new Filling(wide).run();
      }
      shots.wide();
    }
    try (Visit narrow = new Visit(chromium.browser(), address, 390, 844, ColorScheme.DARK)) {
      narrow.logIn("admin", password);
      narrow.heading("Overview").waitFor();
      Shots shots = new Shots(narrow, folder);
      shots.open("/rollouts/" + shots.id("/rollouts", "true"));
      shots.page("phone");
    }
  }

  private void wide() {
    // First what moves: it may have ended later.
    open("/rollouts/" + id("/rollouts", "it.phase === 'RUNNING' && it.counts.succeeded > 0"));
    page("rollout");
    visit
        .page()
        .waitForCondition(
            () -> !page().locator(".subtitle .badge").first().textContent().equals("running"),
            new Page.WaitForConditionOptions().setTimeout(WAIT));
    open("/");
    page("overview");
    open("/models");
    page("models");
    Object version =
        page()
            .evaluate(
                """
                async () => {
                  const get = async url => (await (await fetch('/v1' + url)).json()).items;
                  for (const model of await get('/models')) {
                    const versions = await get('/models/' + model.id + '/versions');
                    if (versions.length) return versions[0].id;
                  }
                }
                """);
    open("/versions/" + version);
    page("version");
    part("lineage", page().locator("section.card").filter(holding(".lineage")));
    String module = id("/modules", "it.page");
    open("/modules/" + module);
    page("module");
    report(module);
    open("/devices");
    page("devices");
    String device = id("/devices", "it.state === 'ONLINE' && it.moduleName");
    open("/devices/" + device);
    page("device");
    part("telemetry", page().locator("section.card").filter(holding(".chart")));
  }

  /// The report of a module, which is a page of its own within the module's.
  private void report(String module) {
    page().setViewportSize(REPORT_WIDTH, HEIGHT);
    visit.go("/v1/modules/" + module + "/page");
    page().waitForSelector("h1");
    page()
        .screenshot(new Page.ScreenshotOptions().setPath(file("module-report")).setFullPage(true));
    page().setViewportSize(WIDTH, HEIGHT);
  }

  private Page page() {
    return visit.page();
  }

  private Locator.FilterOptions holding(String selector) {
    return new Locator.FilterOptions().setHas(page().locator(selector));
  }

  private void open(String path) {
    visit.go(path);
    page().waitForSelector("main h1");
    // Lists, charts and graphs are fetched after the heading.
    page().waitForTimeout(1_500);
  }

  /// The first of a list that is as wanted, else the first.
  private String id(String list, String wanted) {
    return String.valueOf(
        page()
            .evaluate(
                """
                async list => {
                  const items = (await (await fetch('/v1' + list)).json()).items;
                  return (items.find(it => %s) ?? items[0])?.id;
                }
                """
                    .formatted(wanted),
                list));
  }

  private void page(String name) {
    page().screenshot(new Page.ScreenshotOptions().setPath(file(name)));
  }

  private void part(String name, Locator part) {
    if (part.count() > 0) {
      part.first().scrollIntoViewIfNeeded();
      page().waitForTimeout(500);
      part.first().screenshot(new Locator.ScreenshotOptions().setPath(file(name)));
    }
  }

  private Path file(String name) {
    Path file = folder.resolve(name + ".png");
    System.out.println(file);
    return file;
  }
}
