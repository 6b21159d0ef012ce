/**
 * What every HTTP connection and request is subject to: addresses, time limits, sizes, slow
 * clients.
 */
package org.kintell.backfill.http;
