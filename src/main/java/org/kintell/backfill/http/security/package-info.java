/** Access: keys, tokens, roles, and requests that are refused before anything reads them. */
package org.kintell.backfill.http.security;
