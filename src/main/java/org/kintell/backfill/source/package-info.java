/**
 * A stored file: its header, the index that cuts it into chunks, and the reader that gives a
 * chunk's records back, byte for byte.
 */
package org.kintell.backfill.source;
