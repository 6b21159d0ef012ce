package org.kintell.backfill.http.upload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;

/**
 * The checksums in a {@code Content-Digest} (RFC 9530). Unknown algorithms are ignored beside known
 * ones.
 *
 * @param expected by the name of the algorithm, as in the header
 */
record ContentDigest(Map<String, byte[]> expected) {

  static final String HEADER = "Content-Digest";

  private static final List<String> ALGORITHMS = List.of("sha-256", "sha-512");
  private static final int BUFFER = 64 * 1024;

  /**
   * A member of the dictionary (RFC 9651, 3.2): key, bytes, and parameters, which have no meaning.
   */
  private static final Pattern MEMBER =
      Pattern.compile("[ \\t]*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):(?:;[^,]*)?[ \\t]*");

  /**
   * Parses the lines of the header.
   *
   * @throws ApiException if it is malformed or names no known algorithm
   */
  static ContentDigest parse(List<String> lines) {
    Map<String, byte[]> expected = new LinkedHashMap<>();
    for (String member : String.join(",", lines).split(",", -1)) {
      Matcher matcher = MEMBER.matcher(member);
      if (!matcher.matches()) {
        throw new ApiException(ProblemType.INVALID_CONTENT_DIGEST, "is malformed");
      }
      if (ALGORITHMS.contains(matcher.group(1))) {
        expected.put(matcher.group(1), bytes(matcher.group(2)));
      }
    }
    if (expected.isEmpty()) {
      throw new ApiException(
          ProblemType.INVALID_CONTENT_DIGEST, "names no algorithm that this service knows");
    }
    return new ContentDigest(expected);
  }

  private static byte[] bytes(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ApiException(ProblemType.INVALID_CONTENT_DIGEST, "is malformed");
    }
  }

  /** New digests, in the order of the expected checksums. */
  List<MessageDigest> newDigests() {
    List<MessageDigest> digests = new ArrayList<>();
    for (String algorithm : expected.keySet()) {
      try {
        digests.add(MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has it", e);
      }
    }
    return digests;
  }

  /** Whether these digests of the whole content match. */
  boolean matches(List<MessageDigest> digests) {
    List<byte[]> values = List.copyOf(expected.values());
    for (int i = 0; i < values.size(); i++) {
      if (!Arrays.equals(values.get(i), digests.get(i).digest())) {
        return false;
      }
    }
    return true;
  }

  /** Whether a file matches. */
  boolean matches(Path file) throws IOException {
    List<MessageDigest> digests = newDigests();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        for (MessageDigest digest : digests) {
          digest.update(buffer, 0, count);
        }
      }
    }
    return matches(digests);
  }
}
