/** Who may do what: keys, roles, and requests that are refused before anything reads them. */
package org.kintell.backfill.access;
