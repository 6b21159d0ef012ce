/** Uploads on their way in: multipart bodies, checksums, and how many at once. */
package org.kintell.backfill.http.upload;
