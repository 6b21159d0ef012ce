package org.kintell.backfill.file;

import java.io.InputStream;
import java.nio.charset.Charset;

/**
 * The text in a file, unpacked.
 *
 * @param charset that it is in for certain; null where only its sender knows
 */
record SourceText(InputStream content, Charset charset) {}
