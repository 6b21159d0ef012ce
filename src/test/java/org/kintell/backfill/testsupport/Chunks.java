package org.kintell.backfill.testsupport;

import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.ops.SettingsMBean;
import org.kintell.backfill.store.FileIndexer;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Chunk size and loaders of an {@link IntegrationTest}, set in the shared application; values that
 * are not set keep their defaults.
 */
@Target(TYPE)
@Retention(RUNTIME)
@Inherited
public @interface Chunks {

  /** Rows in a chunk. */
  int rows();

  /** Chunks that are loaded at the same time. */
  int loaders() default 0;

  /** Applies it, or the defaults, before each test. */
  final class Setting implements BeforeEachCallback {

    @Override
    public void beforeEach(ExtensionContext test) {
      ApplicationContext application = SpringExtension.getApplicationContext(test);
      BackfillSettings usual = application.getBean(BackfillSettings.class);
      Chunks wanted = test.getRequiredTestClass().getAnnotation(Chunks.class);
      set(
          application,
          wanted == null ? usual.chunkRows() : wanted.rows(),
          wanted == null || wanted.loaders() == 0 ? usual.loaders() : wanted.loaders());
    }

    /** For the rest of the test. */
    public static void set(ApplicationContext application, int rows, int loaders) {
      application.getBean(FileIndexer.class).chunkRows(rows);
      SettingsMBean settings = application.getBean(SettingsMBean.class);
      if (settings.getLoaders() != loaders) {
        settings.setLoaders(loaders);
      }
    }
  }
}
