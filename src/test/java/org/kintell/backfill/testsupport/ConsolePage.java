package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
import org.openqa.selenium.interactions.Actions;

/** The console in a browser, operated by its visible texts. */
public final class ConsolePage implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Records everything that the policy refuses, from the first moment of each page. */
  private static final String WATCH =
      "window.refused = []; addEventListener('securitypolicyviolation', e =>"
          + " refused.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));"
          + " addEventListener('error', e => refused.push(e.message));"
          + " addEventListener('unhandledrejection', e => refused.push(String(e.reason)));"
          + " new PerformanceObserver(list => list.getEntries().forEach(e => {"
          + " if (new URL(e.name).origin !== location.origin) refused.push('asked ' + e.name); }))"
          + ".observe({type: 'resource', buffered: true});"
          + " new MutationObserver((changes, observer) => {"
          + " if (document.querySelector('.jobs tbody tr')) {"
          + " window.listed = performance.now(); observer.disconnect(); } })"
          + ".observe(document, {childList: true, subtree: true});";

  /** Whatever a person can operate now; of a group of radio buttons, the keyboard reaches one. */
  private static final String OPERABLE =
      "[...(document.querySelector('dialog[open]') ?? document).querySelectorAll("
          + "'a[href], button, input, select, textarea, summary, [tabindex=\"0\"]')].filter(e =>"
          + " e.checkVisibility({checkOpacity: false}) && !e.disabled"
          + " && !(e.type === 'radio' && !e.checked))";

  /** What a page that is drawn meanwhile causes. */
  private static final Set<Class<? extends Exception>> PASSING =
      Set.of(
          NoSuchElementException.class,
          StaleElementReferenceException.class,
          ElementClickInterceptedException.class);

  /** A desk, at 200 %; a phone, or a desk at 400 %. */
  private static final int[] NARROW = {640, 320};

  private static final int WIDE = 1280;

  private static final int MOST_TABS = 150;

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

  /** Drops a file on the element, as the browser does at the end of a drag. */
  public void drop(String selector, String name, byte[] content) {
    script(
        "const data = new DataTransfer();"
            + "data.items.add(new File([arguments[2]], arguments[1], {type: 'text/csv'}));"
            + "const to = document.querySelector(arguments[0]);"
            + "for (const kind of ['dragover', 'drop']) to.dispatchEvent(new DragEvent(kind,"
            + " {dataTransfer: data, bubbles: true, cancelable: true}))",
        selector,
        name,
        new String(content, StandardCharsets.UTF_8));
  }

  /** Sends no more bytes a second from here on; -1 for no limit. */
  public void uploadSpeed(int bytes) {
    driver.executeCdpCommand("Network.enable", Map.of());
    driver.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of(
            "offline", false, "latency", 0, "downloadThroughput", -1, "uploadThroughput", bytes));
  }

  /** Drags a file over the element, and holds it there. */
  public void dragOver(String selector) {
    script(
        "document.querySelector(arguments[0]).dispatchEvent(new DragEvent('dragover',"
            + " {bubbles: true, cancelable: true}))",
        selector);
  }

  /** Milliseconds from opening the page to the first import in the list. */
  public long listedAfter() {
    await().atMost(PATIENCE).until(() -> script("return window.listed") != null);
    return ((Number) script("return window.listed")).longValue();
  }

  /** Goes from element to element with the Tab key until the one that begins with this text. */
  public void tabTo(String text) {
    for (int i = 0; i < MOST_TABS; i++) {
      press(Keys.TAB);
      String reached =
          (String)
              script(
                  "const e = document.activeElement; return (e.ariaLabel ?? (e.labels?.length"
                      + " ? e.labels[0].innerText : e.innerText) ?? '').trim()");
      if (reached.startsWith(text)) {
        return;
      }
    }
    throw new AssertionError("Tab does not reach " + text);
  }

  /** Requires that the Tab key reaches all that can be operated, and that it shows where it is. */
  public void assertKeyboardReachesAll(String where) {
    script(
        "window.reached = new Set(); window.unmarked = [];"
            + "(document.querySelector('dialog[open] button, dialog[open] input')"
            + " ?? document.querySelector('.skip')).focus();"
            + "reached.add(document.activeElement);"
            + "addEventListener('focusin', e => { reached.add(e.target);"
            + " if (e.target.matches(':focus-visible') && e.target.id !== 'main'"
            + " && getComputedStyle(e.target).outlineStyle === 'none')"
            + " unmarked.push(e.target.outerHTML.slice(0, 200)); })");
    long count = (Long) script("return " + OPERABLE + ".length");
    CharSequence[] tabs = new CharSequence[(int) count + 3];
    Arrays.fill(tabs, Keys.TAB);
    new Actions(driver).sendKeys(tabs).perform();
    assertThat(
            (List<?>)
                script(
                    "return "
                        + OPERABLE
                        + ".filter(e => !reached.has(e)).map(e => e.outerHTML.slice(0, 200))"))
        .as(where + ": not reached by the Tab key")
        .isEmpty();
    assertThat((List<?>) script("return window.unmarked")).as(where + ": no focus seen").isEmpty();
  }

  /** Requires an accessible page: light, dark, on a phone, and twice as large. */
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
    for (int pixels : NARROW) {
      width(pixels);
      assertThat((Long) script("return document.documentElement.scrollWidth"))
          .as(where + ", %d pixels wide", pixels)
          .isLessThanOrEqualTo(pixels);
    }
    width(WIDE);
  }

  /** The policy refused nothing, no script failed, and nothing came from another host. */
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
