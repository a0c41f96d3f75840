package dev.mote.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A person at a browser: one window, and what its console complained of.
final class Visit implements AutoCloseable {

  private final String address;
  private final BrowserContext context;
  private final Page page;
  private final List<String> complaints = new ArrayList<>();

  /// A visit of somebody who is not logged in.
  ///
  /// @param width of the window, in pixels
  Visit(Browser browser, String address, int width, int height, ColorScheme colors) {
    this(browser, address, width, height, colors, null);
  }

  /// @param session what a browser keeps of a login; null for none
  Visit(
      Browser browser,
      String address,
      int width,
      int height,
      ColorScheme colors,
      @Nullable String session) {
    this.address = address;
    this.context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(colors)
                .setStorageState(session)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale("en-GB"));
    context.setDefaultTimeout(20_000);
    this.page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(page.url() + ": " + message.text());
          }
        });
    page.onPageError(error -> complaints.add(page.url() + ": " + error));
  }

  Page page() {
    return page;
  }

  /// What the console said that is not a refusal of the service, which browsers report as well.
  List<String> complaints() {
    return complaints.stream()
        .filter(text -> !text.contains("the server responded with a status of 4"))
        .toList();
  }

  /// Nobody is logged in any more, in this window.
  void forget() {
    context.clearCookies();
  }

  void go(String path) {
    page.navigate(address + path);
  }

  /// To another page as a link goes there, without loading the program of the pages anew.
  void follow(String path) {
    page.evaluate(
        "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }",
        path);
  }

  void logIn(String user, String password) {
    go("/");
    page.getByLabel("User").fill(user);
    page.getByLabel("Password").fill(password);
    button("Log in").click();
  }

  com.microsoft.playwright.Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  com.microsoft.playwright.Locator link(String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true))
        .first();
  }

  com.microsoft.playwright.Locator heading(String name) {
    return page.getByRole(
        AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  @Override
  public void close() {
    context.close();
  }
}
