package dev.mote.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Locator.FilterOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import dev.mote.fleet.Fleet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// What a person does with the pages, from the first login to a rollout that has ended.
@NeedsBrowser
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PagesTest {

  /// A build runs a compiler, on whatever machine this is.
  private static final double LONG = 120_000;

  private static final String DELETE_WHAT_IS_SHOWN =
      """
      async () => {
        const csrf = document.cookie.split('; ').find(it => it.startsWith('mote_csrf='));
        return (await fetch('/v1' + location.pathname, { method: 'DELETE',
          headers: { 'X-Mote-CSRF': decodeURIComponent(csrf.slice('mote_csrf='.length)) } })).status;
      }
      """;

  private Station station;
  private Chromium chromium;
  private Visit visit;

  @BeforeAll
  void open(Station shared, Chromium browser) {
    station = shared;
    chromium = browser;
  }

  /// The administrator, who logged in before.
  @BeforeEach
  void come() {
    visit =
        new Visit(
            chromium.browser(),
            station.address(),
            1280,
            900,
            ColorScheme.LIGHT,
            chromium.session(station));
  }

  @AfterEach
  void leave() {
    visit.close();
    assertThat(visit.complaints()).isEmpty();
  }

  private Locator css(String selector) {
    return visit.page().locator(selector);
  }

  private Locator row(String table, String text) {
    return css("table[aria-label='" + table + "'] tbody tr")
        .filter(new FilterOptions().setHasText(text));
  }

  private void soon(Locator found) {
    assertThat(found.first()).isVisible(new IsVisibleOptions().setTimeout(LONG));
  }

  @Test
  @Order(1)
  void oneLogsInAndOut() {
    visit.forget();
    visit.logIn("admin", "wrong");
    assertThat(css("[role=alert]")).containsText("MOTE-8012");
    css("input[name=password]").fill(Station.PASSWORD);
    visit.button("Log in").click();
    assertThat(visit.heading("Overview")).isVisible();
    assertThat(css(".who")).containsText("admin");
    visit.button("Log out").click();
    assertThat(visit.button("Log in")).isVisible();
    visit.go("/devices");
    assertThat(visit.button("Log in")).isVisible();
  }

  @Test
  @Order(2)
  void aModelIsUploadedAndShown() {
    visit.go("/models");
    visit.button("New model").click();
    css("dialog input[name=name]").fill("fashion-mnist");
    css("dialog input[name=tags]").fill("vision, demo");
    css("dialog input[name=file]").setInputFiles(Sources.model());
    visit.button("Add").click();
    soon(visit.heading("fashion-mnist"));
    assertThat(row("Versions", "fashion_mnist_int8.tflite")).containsText("17.7 kB");
    visit.button("Set alias").click();
    visit.button("Set").click();
    assertThat(row("Versions", "production")).isVisible();

    visit.link("1").click();
    assertThat(visit.heading("fashion-mnist, version 1")).isVisible();
    assertThat(row("Targets", "cortex-m4")).containsText("yes");
    assertThat(css(".lineage svg a")).hasCount(2);

    css("input[type=search]").fill("fashion");
    assertThat(css(".search li a")).hasCount(2);
    css("input[type=search]").press("Escape");
    assertThat(css(".search li")).hasCount(0);
  }

  @Test
  @Order(3)
  void aModelThatIsRefusedSaysWhy() {
    visit.go("/models");
    visit.button("New model").click();
    css("dialog input[name=name]").fill("odd");
    css("dialog input[name=file]")
        .setInputFiles(new FilePayload("odd.onnx", "application/octet-stream", OddModel.bytes()));
    visit.button("Add").click();
    Locator alert = css("dialog [role=alert]");
    assertThat(alert).containsText("MOTE-8101", new ContainsTextOptions().setTimeout(LONG));
    assertThat(alert.locator("li")).containsText("operator Nonsense is not supported");
    // The model is there by now: another file goes into the same.
    css("dialog input[name=file]").setInputFiles(Sources.model());
    visit.button("Add").click();
    soon(visit.heading("odd"));
    assertThat(row("Versions", "fashion_mnist_int8.tflite")).isVisible();
  }

  @Test
  @Order(4)
  void aVersionIsCompiledAndTheChoiceExplained() {
    visit.go("/models");
    visit.link("fashion-mnist").click();
    visit.link("1").click();
    visit.button("Compile").click();
    css("dialog input[value=host]").check();
    css("dialog").locator("button[type=submit]").click();
    assertThat(visit.heading("Compilation of fashion-mnist, version 1")).isVisible();
    // Nobody loads the page again.
    soon(visit.link("Its module"));
    assertThat(css(".steps")).containsText("is chosen");
    visit.link("Its module").click();
    assertThat(visit.heading("fashion-mnist, version 1, for host")).isVisible();
    assertThat(visit.page().frameLocator("iframe").locator("h1").first()).isVisible();
    visit.link("version 1").click();
    css(".lineage svg a").filter(new FilterOptions().setHasText("build")).click();
    assertThat(visit.heading("Build of fashion-mnist, version 1")).isVisible();
  }

  @Test
  @Order(5)
  void aDeviceIsEnteredAndItsKeyShownOnce() {
    visit.go("/devices");
    visit.button("New device").click();
    css("dialog input[name=endpoint]").fill("board-1");
    css("dialog input[name=tags]").fill("site=oslo");
    visit.button("Enter it").click();
    assertThat(css("dialog .note")).containsText("shown this once");
    String key = css("dialog .mono").last().textContent();
    assertThat(key).matches("[0-9a-f]{32,}");
    visit.button("Done").click();
    visit.link("board-1").click();
    assertThat(visit.heading("board-1")).isVisible();
    assertThat(css("main")).not().containsText(key);

    for (int i = 0; i < 2; i++) {
      visit.link("Devices").click();
      visit.button("New device").click();
      css("dialog input[name=endpoint]").fill("web-0000" + i);
      css("dialog input[name=tags]").fill("site=berlin");
      css("dialog select").selectOption("none");
      visit.button("Enter it").click();
      visit.button("Done").click();
    }
    css("input[name=filter]").fill("tag.site==berlin");
    visit.button("Filter").click();
    assertThat(css(".subtitle")).hasText("2 match");
    assertThat(css("table[aria-label=Devices] tbody tr")).hasCount(2);
    css("input[name=filter]").fill("colour==red");
    visit.button("Filter").click();
    assertThat(css("[role=alert]").first()).containsText("colour");

    visit.link("Devices").click();
    visit.button("New group").click();
    css("dialog input[name=name]").fill("berlin");
    css("dialog input[name=filter]").fill("tag.site==berlin");
    css("dialog").locator("button[type=submit]").click();
    row("Groups", "berlin").locator("a").click();
    assertThat(css(".subtitle")).hasText("2 match");
  }

  @Test
  @Order(6)
  void aDeviceComesAndARolloutReachesIt() {
    visit.go("/devices");
    visit.link("web-00000").click();
    assertThat(css(".subtitle .badge")).hasText("never seen");
    try (Fleet fleet = station.fleet("web-", 2)) {
      assertThat(fleet.size()).isEqualTo(2);
      soon(css(".subtitle .badge").filter(new FilterOptions().setHasText("online")));
      soon(css("dd").filter(new FilterOptions().setHasText("x86")));

      visit.link("Rollouts").click();
      visit.link("New rollout").click();
      css("input[name=name]").fill("first");
      css("select[name=model]").selectOption("fashion-mnist");
      css("select[name=version] option").first().waitFor(attached());
      css("select[name=group]").selectOption("berlin");
      css("input[name=waves]").fill("1, 100%");
      css("input[name=soak]").fill("0");
      visit.button("Dry run").click();
      assertThat(css("form [role=status]")).containsText("2 devices match");
      assertThat(row("Builds", "host")).containsText("yes");
      visit.button("Make it").click();
      assertThat(visit.heading("first")).isVisible();
      visit.button("Start").click();
      soon(css(".subtitle .badge").filter(new FilterOptions().setHasText("succeeded")));
      assertThat(css(".legend").first()).containsText("updated 2");
      assertThat(css(".steps")).containsText("2 devices in 2 waves");

      visit.link("web-00000").click();
      soon(row("Installed modules", "fashion-mnist"));
      soon(css(".chart canvas"));
      assertThat(css(".chart").first().getAttribute("aria-label")).contains("over time");
      visit.button("Install a module …").click();
      assertThat(css("dialog select[name=what] option").first()).containsText("fashion-mnist");
      visit.button("Cancel").click();

      // What a device runs says so, and stays.
      row("Installed modules", "fashion-mnist").locator("a").click();
      assertThat(css("dd li").filter(new FilterOptions().setHasText("device web-00000")))
          .isVisible();
      assertThat(visit.page().evaluate(DELETE_WHAT_IS_SHOWN)).isEqualTo(409);
    }
  }

  private static Locator.WaitForOptions attached() {
    return new Locator.WaitForOptions()
        .setState(com.microsoft.playwright.options.WaitForSelectorState.ATTACHED);
  }

  @Test
  @Order(7)
  void aRolloutIsPausedAndAborted() {
    visit.go("/rollouts/new");
    css("input[name=name]").fill("second");
    css("select[name=model]").selectOption("fashion-mnist");
    css("select[name=version] option").first().waitFor(attached());
    css("input[name=filter]").fill("endpoint==board-1");
    visit.button("Make it").click();
    visit.button("Start").click();
    visit.button("Pause").click();
    soon(visit.button("Resume"));
    visit.page().onceDialog(Dialog::dismiss);
    visit.button("Abort").click();
    assertThat(visit.button("Resume")).isVisible();
    visit.page().onceDialog(Dialog::accept);
    visit.button("Abort").click();
    soon(css(".subtitle .badge").filter(new FilterOptions().setHasText("aborted")));
    assertThat(css(".steps")).containsText("aborted by admin");
  }

  @Test
  @Order(8)
  void tokensAndUsersAreMade() {
    visit.forget();
    visit.logIn("admin", Station.PASSWORD);
    assertThat(visit.heading("Overview")).isVisible();
    visit.link("Settings").click();
    visit.button("New token").click();
    css("dialog[open] input[name=name]").fill("ci");
    css("dialog[open] button[type=submit]").click();
    assertThat(css("[role=status] .mono")).not().isEmpty();
    assertThat(row("Tokens", "ci")).containsText("viewer");
    row("Tokens", "ci").locator("button").click();
    assertThat(row("Tokens", "ci")).hasCount(0);

    visit.button("New user").click();
    css("dialog[open] input[name=name]").fill("olga");
    css("dialog[open] input[name=password]").fill("short");
    css("dialog[open] button[type=submit]").click();
    assertThat(css("dialog[open] [role=alert]")).containsText("password");
    css("dialog[open] input[name=password]").fill(Station.PASSWORD);
    css("dialog[open] button[type=submit]").click();
    assertThat(row("Users", "olga")).containsText("active");
    assertThat(row("Entries", "user.add").first()).containsText("admin");

    visit.button("Log out").click();
    visit.logIn("olga", Station.PASSWORD);
    assertThat(visit.heading("Overview")).isVisible();
    visit.link("Devices").click();
    assertThat(visit.link("board-1")).isVisible();
    // She only looks.
    assertThat(visit.button("New device")).hasCount(0);
  }
}
