/** Receives uploads: multipart bodies, checksums, and the limit of simultaneous ones. */
package org.kintell.backfill.http.upload;
