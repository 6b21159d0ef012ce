/** A file that was sent becomes a stored file in UTF-8, and gives the records of a chunk back. */
package org.kintell.backfill.file;
