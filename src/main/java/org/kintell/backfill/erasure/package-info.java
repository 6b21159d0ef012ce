/** One person's data on request: where it lies, and how it is erased. */
package org.kintell.backfill.erasure;
