/**
 * Rejected rows: the error file, the rejects that are still open, and the rows of a corrected file.
 */
package org.kintell.backfill.reject;
