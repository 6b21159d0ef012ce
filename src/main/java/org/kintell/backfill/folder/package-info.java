/**
 * The folders of the service: who owns them, the modes of its files, and the room on their disks.
 */
package org.kintell.backfill.folder;
