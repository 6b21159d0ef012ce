/** The folders of the service: owners, file modes, free disk space. */
package org.kintell.backfill.folder;
