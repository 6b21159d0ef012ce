package org.kintell.backfill.config;

/**
 * A bean whose constructor throws {@link WrongSettingException} for a setting that cannot be. It
 * needs settings only, so that all checks are made before any server is started.
 */
public interface SettingCheck {}
