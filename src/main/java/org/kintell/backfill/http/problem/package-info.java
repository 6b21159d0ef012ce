/** Problem documents (RFC 9457): the list of problems, and which one answers which exception. */
package org.kintell.backfill.http.problem;
