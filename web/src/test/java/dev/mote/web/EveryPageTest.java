package dev.mote.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What holds on every page: it can be used with a keyboard, on a telephone and by ear. Comes after
/// the tests that fill the service, so that the pages have something to show.
@NeedsBrowser
@Order(2)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryPageTest {

  /// The narrowest telephones that are sold, and a small screen of a desk.
  private static final int NARROW = 360;

  private static final int WIDE = 1280;
  private static final int HEIGHT = 900;

  private static final List<String> LISTS =
      List.of(
          "/models", "/versions", "/modules", "/compilations", "/devices", "/rollouts", "/jobs");

  private static final String TOO_WIDE =
      "() => document.documentElement.scrollWidth - window.innerWidth";

  /// What axe finds against WCAG 2.2 AA and its own good practice. The report within a page is a
  /// page of its own.
  private static final String AXE =
      """
      async () => {
        const found = await axe.run(document, { iframes: false, resultTypes: ['violations'] });
        return found.violations.map(each => each.id + ': ' + each.help + ': '
          + each.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | '));
      }
      """;

  /// What takes the focus of a keyboard and does not show it, itself or the label around it.
  private static final String UNSEEN =
      """
      () => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
        .filter(each => !each.disabled && each.checkVisibility() && each.getClientRects().length > 0)
        .filter(each => {
          each.focus();
          const seen = [each, each.closest('label'), each.querySelector('rect')].some(part =>
            part && (getComputedStyle(part).outlineStyle !== 'none' || getComputedStyle(part).strokeWidth === '3px'));
          return document.activeElement !== each || !seen;
        })
        .map(each => each.outerHTML.slice(0, 120))
      """;

  private Station station;
  private Chromium chromium;

  @BeforeAll
  void open(Station shared, Chromium browser) {
    station = shared;
    chromium = browser;
  }

  private Visit visit() {
    Visit visit =
        new Visit(
            chromium.browser(),
            station.address(),
            WIDE,
            HEIGHT,
            ColorScheme.LIGHT,
            chromium.session(station));
    visit.go("/");
    assertThat(visit.heading("Overview")).isVisible();
    return visit;
  }

  private static List<String> paths(Page page) {
    List<String> paths =
        new ArrayList<>(
            List.of(
                "/",
                "/models",
                "/devices",
                "/rollouts",
                "/rollouts/new",
                "/jobs",
                "/settings",
                "/nowhere",
                "/devices/00000000-0000-7000-8000-000000000000"));
    for (String list : LISTS) {
      Object id =
          page.evaluate(
              """
              async list => {
                const first = async url => {
                  const answer = await fetch('/v1' + url);
                  return answer.ok ? (await answer.json()).items[0]?.id : undefined;
                };
                if (list !== '/versions') return await first(list) ?? '';
                const model = await first('/models');
                return model ? await first('/models/' + model + '/versions') ?? '' : '';
              }
              """,
              list);
      if (!"".equals(id)) {
        paths.add(list + "/" + id);
      }
    }
    return paths;
  }

  @Test
  void everyPageFitsATelephoneHasNamesAndShowsTheFocus() throws IOException {
    String axe = Files.readString(Sources.root().resolve("web/node_modules/axe-core/axe.min.js"));
    List<String> wrong = new ArrayList<>();
    try (Visit visit = visit()) {
      Page page = visit.page();
      page.evaluate(axe);
      for (String path : paths(page)) {
        visit.follow(path);
        page.waitForSelector("main h1");
        assertThat(page.locator("main [role=status]:has-text('Loading')")).hasCount(0);
        for (boolean narrow : List.of(true, false)) {
          page.setViewportSize(narrow ? NARROW : WIDE, HEIGHT);
          page.emulateMedia(
              new Page.EmulateMediaOptions()
                  .setColorScheme(narrow ? ColorScheme.DARK : ColorScheme.LIGHT));
          String where = path + (narrow ? ", narrow: " : ", wide: ");
          int tooWide = (Integer) page.evaluate(TOO_WIDE);
          if (tooWide > 0) {
            wrong.add(where + tooWide + " pixels too wide");
          }
          for (Object found : (List<?>) page.evaluate(AXE)) {
            wrong.add(where + found);
          }
        }
        page.keyboard().press("Tab");
        for (Object unseen : (List<?>) page.evaluate(UNSEEN)) {
          wrong.add(path + ", focus is not seen: " + unseen);
        }
        assertThat(page.title()).as(path).endsWith(" – Mote");
      }
      assertThat(wrong).isEmpty();
      assertThat(visit.complaints()).isEmpty();
    }
  }

  @Test
  void aKeyboardIsEnough() {
    try (Visit visit = visit()) {
      Page page = visit.page();
      visit.go("/models");
      page.waitForSelector("main h1");
      List<String> order = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        page.keyboard().press("Tab");
        order.add(
            String.valueOf(
                page.evaluate(
                    "() => document.activeElement.textContent.trim() || document.activeElement.type")));
      }
      assertThat(order)
          .startsWith(
              "Skip to the content",
              "Mote",
              "search",
              "Overview",
              "Models",
              "Devices",
              "Rollouts",
              "Jobs",
              "Settings",
              "Log out");
      page.keyboard().press("Tab");
      page.keyboard().press("Enter");
      assertThat(page.locator("dialog[open]")).isVisible();
      assertThat(page.evaluate("() => document.activeElement.name")).isEqualTo("name");
      for (int i = 0; i < 12; i++) {
        page.keyboard().press("Tab");
        // The browser's own controls come between the last field and the first one.
        assertThat(
                page.evaluate(
                    "() => document.activeElement === document.body"
                        + " || document.activeElement.closest('dialog') !== null"))
            .as("the focus stays in the dialog")
            .isEqualTo(true);
      }
      page.keyboard().press("Escape");
      assertThat(page.locator("dialog[open]")).hasCount(0);
      assertThat(page.evaluate("() => document.activeElement.textContent")).isEqualTo("New model");

      visit.link("Devices").press("Enter");
      assertThat(visit.heading("Devices")).isVisible();
      assertThat(page.evaluate("() => document.activeElement.id")).isEqualTo("content");
      visit.go("/");
      page.waitForSelector("main h1");
      page.keyboard().press("Tab");
      page.keyboard().press("Enter");
      assertThat(page.evaluate("() => document.activeElement.id")).isEqualTo("content");
      assertThat(visit.complaints()).isEmpty();
    }
  }
}
