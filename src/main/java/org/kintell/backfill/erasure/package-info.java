/**
 * One person's data on request, and files that are kept no longer: where they are, and how they are
 * removed.
 */
package org.kintell.backfill.erasure;
