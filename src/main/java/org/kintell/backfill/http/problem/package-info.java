/** Problem documents (RFC 9457): which one answers which failure. */
package org.kintell.backfill.http.problem;
