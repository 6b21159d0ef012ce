/** For operators: metrics, JMX, the start report and the support bundle. */
package org.kintell.backfill.ops;
