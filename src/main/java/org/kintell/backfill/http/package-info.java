/** Applies to every HTTP connection and request: addresses, time limits, sizes, slow clients. */
package org.kintell.backfill.http;
