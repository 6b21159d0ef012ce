package org.kintell.backfill.config;

/**
 * A bean whose constructor throws {@link WrongSettingException} for an invalid setting. It depends
 * on settings only, so that all checks run before any server starts.
 */
public interface SettingCheck {}
