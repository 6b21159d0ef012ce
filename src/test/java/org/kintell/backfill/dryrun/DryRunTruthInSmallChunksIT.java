package org.kintell.backfill.dryrun;

import org.kintell.backfill.testsupport.Chunks;

/** The same when the file is cut into many chunks, tried at once. */
@Chunks(rows = 4, loaders = 3)
class DryRunTruthInSmallChunksIT extends DryRunTruthIT {}
