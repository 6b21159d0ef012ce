package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementClickInterceptedException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;

/** The console in a browser, operated by its visible texts. */
public final class ConsolePage implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Records everything that the policy refuses, from the first moment of each page. */
  private static final String WATCH =
      "window.refused = []; addEventListener('securitypolicyviolation', e =>"
          + " refused.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));"
          + " addEventListener('error', e => refused.push(e.message));"
          + " addEventListener('unhandledrejection', e => refused.push(String(e.reason)));";

  /** What a page that is drawn meanwhile causes. */
  private static final Set<Class<? extends Exception>> PASSING =
      Set.of(
          NoSuchElementException.class,
          StaleElementReferenceException.class,
          ElementClickInterceptedException.class);

  private static final String CLICKABLE =
      "//*[self::a or self::button or self::summary][starts-with(normalize-space(), %s)]";

  private final Chromium browser;
  private final ChromeDriver driver;

  private ConsolePage(Chromium browser) {
    this.browser = browser;
    this.driver = browser.driver();
  }

  /** Opens the console of a service. */
  public static ConsolePage open(String url) {
    ConsolePage page = new ConsolePage(Chromium.start());
    page.get(url);
    return page;
  }

  private void get(String url) {
    driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", WATCH));
    driver.get(url);
  }

  /** Signs in with a key, wherever the page asks for it. */
  public void signIn(String key) {
    await().atMost(PATIENCE).until(() -> !driver.findElements(By.id("key")).isEmpty());
    driver.findElement(By.id("key")).sendKeys(key, Keys.ENTER);
  }

  /** Chooses a file, as the browser's own window does. */
  public void choose(Path file) {
    await().atMost(PATIENCE).until(() -> !driver.findElements(By.id("file")).isEmpty());
    driver.findElement(By.id("file")).sendKeys(file.toAbsolutePath().toString());
  }

  /** Clicks the element that begins with this text, as soon as it can be clicked. */
  public void click(String text) {
    By by = By.xpath(CLICKABLE.formatted(quoted(text)));
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(e -> PASSING.stream().anyMatch(type -> type.isInstance(e)))
        .until(
            () -> {
              WebElement element = driver.findElement(by);
              boolean ready =
                  element.isEnabled() && !"true".equals(element.getDomAttribute("aria-disabled"));
              if (ready) {
                element.click();
              }
              return ready;
            });
  }

  /** Types into the field with this label. */
  public void type(String label, String text) {
    WebElement field = field(label);
    field.clear();
    field.sendKeys(text);
  }

  /** The field with this label. */
  public WebElement field(String label) {
    String named =
        "//label[starts-with(normalize-space(), %1$s)]//*[self::input or self::select]"
            + " | //*[@id = //label[starts-with(normalize-space(), %1$s)]/@for]"
            + " | //*[starts-with(@aria-label, %1$s)]";
    By by = By.xpath(named.formatted(quoted(label)));
    await().atMost(PATIENCE).until(() -> !driver.findElements(by).isEmpty());
    return driver.findElement(by);
  }

  /** Waits until the page shows all of these texts. */
  public void awaitText(String... texts) {
    awaitText(PATIENCE, texts);
  }

  /** Waits so long at most until the page shows all of these texts. */
  public void awaitText(Duration patience, String... texts) {
    await().atMost(patience).untilAsserted(() -> assertThat(text()).contains(texts));
  }

  /** Waits until the page no longer shows this text. */
  public void awaitNoText(String text) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(text()).doesNotContain(text));
  }

  /** Removes the browser's cookies. The page does not know yet. */
  public void forgetSession() {
    driver.manage().deleteAllCookies();
  }

  /**
   * Removes the browser's cookies in the middle of something.
   *
   * @return this tab, for {@link #closeTab}
   */
  public String endSession() {
    forgetSession();
    script("dispatchEvent(new HashChangeEvent('hashchange'))");
    awaitText("Your session is over");
    return driver.getWindowHandle();
  }

  /** Goes on in the tab that a link has opened. */
  public void toNewTab() {
    String left = driver.getWindowHandle();
    await().atMost(PATIENCE).until(() -> driver.getWindowHandles().size() == 2);
    driver.getWindowHandles().stream()
        .filter(tab -> !tab.equals(left))
        .forEach(tab -> driver.switchTo().window(tab));
  }

  /**
   * Opens another tab.
   *
   * @return the tab that is left, for {@link #toTab}
   */
  public String openTab(String url) {
    String left = driver.getWindowHandle();
    driver.switchTo().newWindow(WindowType.TAB);
    get(url);
    return left;
  }

  /**
   * Goes to another tab.
   *
   * @return the tab that is left
   */
  public String toTab(String tab) {
    String left = driver.getWindowHandle();
    driver.switchTo().window(tab);
    return left;
  }

  /** Closes this tab and goes back to the one that was left. */
  public void closeTab(String left) {
    driver.close();
    driver.switchTo().window(left);
  }

  /** The visible text. */
  public String text() {
    return (String) script("return document.body.innerText");
  }

  /** The texts of elements, also of those that are scrolled away. */
  public List<String> texts(String xpath) {
    return browser.texts(xpath);
  }

  /** The current place in the console. */
  public String place() {
    return (String) script("return location.hash");
  }

  /** The button or link that begins with this text. */
  public WebElement button(String text) {
    return driver.findElement(By.xpath(CLICKABLE.formatted(quoted(text))));
  }

  public String title() {
    return driver.getTitle();
  }

  public Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  public void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** Loads the page again. */
  public void reload() {
    driver.navigate().refresh();
  }

  /** Covers the page with another window, or shows it again. */
  public void cover(boolean covered) {
    script(
        "Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true});"
            + " document.dispatchEvent(new Event('visibilitychange'))",
        covered);
  }

  /** Goes to a place within the console. */
  public void go(String place) {
    script("location.hash = arguments[0]", place);
  }

  /** The width of a phone, or that of a desk. */
  public void width(int pixels) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", pixels, "height", 900, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Sets the preference for light or dark. */
  public void scheme(String name) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", name))));
  }

  /** Requires an accessible page: light, dark, and on a phone. */
  public void assertAccessible(String where) {
    assertNothingRefused();
    if (!(Boolean) script("return 'axe' in window")) {
      script(axe());
    }
    // What it looks for depends on light or dark only where it is about colours.
    Map<String, String> rules =
        Map.of("light", "", "dark", "runOnly: ['color-contrast', 'link-in-text-block'],");
    for (String scheme : rules.keySet()) {
      scheme(scheme);
      assertThat(
              (List<?>)
                  driver.executeAsyncScript(
                      "const done = arguments[arguments.length - 1];"
                          + "axe.run(document, {"
                          + rules.get(scheme)
                          + "resultTypes: ['violations']}).then(result =>"
                          + " done(result.violations.flatMap(v => v.nodes.map(n => v.id + ' ' +"
                          + " n.target + ' ' + n.failureSummary))), fault =>"
                          + " done([String(fault)]))"))
          .as(where + ", " + scheme)
          .isEmpty();
    }
    scheme("light");
    width(320);
    assertThat((Long) script("return document.documentElement.scrollWidth"))
        .as(where + ", 320 pixels wide")
        .isLessThanOrEqualTo(320);
    width(1280);
  }

  /** The policy refused nothing, and no script failed. */
  public void assertNothingRefused() {
    assertThat((List<?>) script("return window.refused")).isEmpty();
  }

  private static String axe() {
    try (InputStream script = ConsolePage.class.getResourceAsStream("/axe.min.js")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String quoted(String text) {
    return text.contains("'") ? '"' + text + '"' : "'" + text + "'";
  }

  public void screenshot(Path file) throws IOException {
    browser.screenshot(file);
  }

  @Override
  public void close() {
    browser.close();
  }
}
