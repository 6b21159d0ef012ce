package org.kintell.backfill.testsupport;

import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.kintell.backfill.KintellConnector;
import org.springframework.boot.test.autoconfigure.actuate.observability.AutoConfigureObservability;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/**
 * A test of the whole application, which listens on a free port, on the {@link RealParts}. All such
 * tests share one application, unless they ask for other settings with {@code @TestPropertySource};
 * each test finds the tables empty. A {@link BackfillClient}, a {@link Sessions} and the {@link
 * Database} can be autowired.
 */
@Target(TYPE)
@Retention(RUNTIME)
@Inherited
@SpringBootTest(
    classes = KintellConnector.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    // More than any test sends, except those that exceed limits.
    properties = "BACKFILL_MAX_UNPACKED=150MB")
@AutoConfigureObservability(tracing = false)
@ContextConfiguration(initializers = RealParts.Connect.class)
@Import(IntegrationTestConfiguration.class)
@ExtendWith({EmptyTables.class, Chunks.Setting.class})
public @interface IntegrationTest {}
