/** Stores a sent file in UTF-8, and reads the records of a chunk from it. */
package org.kintell.backfill.file;
