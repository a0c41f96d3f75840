package dev.mote.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What holds on every page: it can be used with a keyboard, on a telephone and by ear.
@NeedsBrowser
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryPageTest {

  private static final List<String> LISTS =
      List.of(
          "/models", "/versions", "/modules", "/compilations", "/devices", "/rollouts", "/jobs");

  /// Buttons, links and fields without a name that a screen reader could say.
  private static final String NAMELESS =
      """
      () => [...document.querySelectorAll('button, a[href], input, select, textarea, iframe')]
        .filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label')
          && !e.getAttribute('title') && !(e.textContent.trim()) && !e.querySelector('img[alt]:not([alt=""])'))
        .map(e => e.outerHTML.slice(0, 120))
      """;

  private static final String TOO_WIDE =
      "() => document.documentElement.scrollWidth - window.innerWidth";

  private Station station;
  private Chromium chromium;

  @BeforeAll
  void open(Station shared) {
    station = shared;
    chromium = Chromium.start();
  }

  @AfterAll
  void shut() {
    chromium.close();
  }

  private Visit visit(int width, int height, ColorScheme colors) {
    Visit visit = new Visit(chromium.browser(), station.address(), width, height, colors);
    visit.logIn("admin", Station.PASSWORD);
    assertThat(visit.heading("Overview")).isVisible();
    return visit;
  }

  private static List<String> paths(Page page) {
    List<String> paths =
        new ArrayList<>(
            List.of(
                "/", "/models", "/devices", "/rollouts", "/rollouts/new", "/jobs", "/settings"));
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
  void itFitsATelephoneAndEverythingHasAName() {
    for (ColorScheme colors : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      try (Visit visit = visit(390, 844, colors)) {
        Page page = visit.page();
        for (String path : paths(page)) {
          visit.go(path);
          page.waitForSelector("main h1");
          page.waitForLoadState();
          assertThat((Integer) page.evaluate(TOO_WIDE)).as("%s is too wide by", path).isZero();
          assertThat((List<?>) page.evaluate(NAMELESS)).as(path).isEmpty();
        }
        assertThat(visit.complaints()).isEmpty();
      }
    }
  }

  @Test
  void aKeyboardIsEnough() {
    try (Visit visit = visit(1280, 900, ColorScheme.LIGHT)) {
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
        assertThat(page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle"))
            .as("focus on %s is seen", order.getLast())
            .isNotEqualTo("none");
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
      page.keyboard().press("Escape");
      assertThat(page.locator("dialog[open]")).hasCount(0);
      assertThat(page.evaluate("() => document.activeElement.textContent")).isEqualTo("New model");

      visit.go("/");
      page.waitForSelector("main h1");
      page.keyboard().press("Tab");
      page.keyboard().press("Enter");
      assertThat(page.evaluate("() => document.activeElement.id")).isEqualTo("content");
      assertThat(visit.complaints()).isEmpty();
    }
  }
}
