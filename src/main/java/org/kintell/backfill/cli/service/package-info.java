/** How the command line reaches a service: requests, keys, uploads, progress. */
package org.kintell.backfill.cli.service;
