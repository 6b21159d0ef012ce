package org.kintell.backfill.cli.service;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Where a service is, and the way to it.
 *
 * @param base without a slash at the end
 * @param proxy from {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}
 * @param trust of another certificate authority; null for those that Java trusts
 */
public record Address(String base, Proxy proxy, SSLSocketFactory trust) {

  private static final int CONNECT_MILLIS = 10_000;

  /**
   * The way to a service.
   *
   * @param server without a slash at the end
   * @param caFile certificates to trust, PEM; null for those that Java trusts
   */
  public static Address of(String server, Path caFile, Map<String, String> environment) {
    URI uri = parse(server);
    return new Address(server, proxy(uri, environment), caFile == null ? null : trust(caFile));
  }

  private static URI parse(String server) {
    try {
      URI uri = new URI(server);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        if (uri.getUserInfo() != null) {
          throw new Failure(
              ExitCode.WRONG_USAGE, "An address must not hold a password. Use kintell login");
        }
        return uri;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new Failure(
        ExitCode.WRONG_USAGE,
        "Invalid server '%s': expected an address such as http://localhost:3002".formatted(server));
  }

  private static Proxy proxy(URI uri, Map<String, String> environment) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String named = variable(environment, uri.getScheme() + "_proxy");
    if (named.isEmpty()
        || host.equals("localhost")
        || host.startsWith("127.")
        || host.equals("[::1]")) {
      return Proxy.NO_PROXY;
    }
    boolean direct =
        Arrays.stream(variable(environment, "no_proxy").split(","))
            .map(entry -> entry.strip().replaceFirst("^\\*?\\.", ""))
            .anyMatch(
                entry ->
                    entry.equals("*")
                        || (!entry.isEmpty()
                            && (host.equals(entry) || host.endsWith("." + entry))));
    if (direct) {
      return Proxy.NO_PROXY;
    }
    URI proxy = URI.create(named.contains("://") ? named : "http://" + named);
    int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
    return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port));
  }

  private static String variable(Map<String, String> environment, String name) {
    String upper = environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
    return environment.getOrDefault(name, upper);
  }

  private static SSLSocketFactory trust(Path caFile) {
    try (InputStream in = Files.newInputStream(caFile)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int number = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("ca-" + number++, one);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, managers.getTrustManagers(), null);
      return tls.getSocketFactory();
    } catch (IOException | GeneralSecurityException e) {
      throw new Failure(
          ExitCode.WRONG_USAGE,
          "--ca-file %s cannot be read as certificates in PEM".formatted(caFile));
    }
  }

  /**
   * A connection that is not open yet; redirects are not followed, because they would take the key
   * along.
   */
  HttpURLConnection connection(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(base + path).toURL().openConnection(proxy);
    if (trust != null && connection instanceof HttpsURLConnection secure) {
      secure.setSSLSocketFactory(trust);
    }
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(CONNECT_MILLIS);
    return connection;
  }
}
