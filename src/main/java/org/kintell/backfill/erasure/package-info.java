/** Erases one person's data on request, and all data after its retention period. */
package org.kintell.backfill.erasure;
