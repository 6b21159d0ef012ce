package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** A real browser without a window: the Chromium and the driver that the system has installed. */
public final class Chromium implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final ChromeDriver driver;

  private Chromium(Path browser, Path driver) {
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(driver.toFile())
            .usingAnyFreePort()
            .build();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser.toFile());
    // Containers run it as root, and have little shared memory.
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1600,1400");
    this.driver = new ChromeDriver(service, options);
  }

  /**
   * Logs in and opens a page.
   *
   * @param name and password, for the browser's own log-in
   */
  public static Chromium open(String url, String name, String password) {
    Chromium chromium = start();
    // Stands for the log-in window, which no driver can fill in: the browser remembers both.
    chromium.driver.get(
        UriComponentsBuilder.fromUriString(url)
            .userInfo(name + ":" + UriUtils.encode(password, StandardCharsets.UTF_8))
            .build(true)
            .toUriString());
    chromium.driver.get(url);
    return chromium;
  }

  /** Starts the browser; if it is not installed, the test is skipped. */
  public static Chromium start() {
    if (find("chromedriver").isEmpty()) {
      DebianPackage.installOnCi("chromium", "chromium-driver");
    }
    Optional<Path> browser = find("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = find("chromedriver");
    assumeThat(browser.isPresent() && driver.isPresent())
        .as(
            "Chromium and its driver on the PATH (on Debian: chromium, chromium-driver)."
                + " Without them nothing is tried in a browser")
        .isTrue();
    return new Chromium(browser.get(), driver.get());
  }

  private static Optional<Path> find(String... names) {
    return Stream.of(names).flatMap(name -> DebianPackage.onThePath(name).stream()).findFirst();
  }

  /** The driver itself, for page objects. */
  public ChromeDriver driver() {
    return driver;
  }

  /** Clicks on a link or button with this text, as soon as there is one. */
  public void click(String text) {
    By by = By.xpath("//*[self::a or self::button][normalize-space()='" + text + "']");
    new WebDriverWait(driver, PATIENCE).until(ExpectedConditions.elementToBeClickable(by)).click();
  }

  /** The texts of elements, visible or scrolled out; none while the page is being redrawn. */
  public List<String> texts(String xpath) {
    try {
      return driver.findElements(By.xpath(xpath)).stream()
          .map(element -> element.getDomProperty("textContent").strip())
          .toList();
    } catch (StaleElementReferenceException e) {
      return List.of();
    }
  }

  public void screenshot(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
