/** Reads a sent file, packed or not, as CSV in UTF-8. */
package org.kintell.backfill.file;
