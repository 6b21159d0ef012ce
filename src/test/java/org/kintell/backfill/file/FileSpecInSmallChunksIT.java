package org.kintell.backfill.file;

import org.kintell.backfill.testsupport.Chunks;

/** The same files become the same when they are cut into many chunks, loaded at once. */
@Chunks(rows = 2, loaders = 3)
class FileSpecInSmallChunksIT extends FileSpecIT {}
