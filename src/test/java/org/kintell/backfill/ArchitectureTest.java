package org.kintell.backfill;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;

/** Data flow one way through the packages; each knows only what lies before it. */
@AnalyzeClasses(packages = "org.kintell.backfill", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "org.kintell.backfill";

  @ArchTest static final ArchRule ROW_KNOWS_NOBODY = onlyKnows("row");

  @ArchTest
  static final ArchRule ROW_KNOWS_NEITHER_CAMEL_NOR_SQL =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".row..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.camel..", "java.sql..", "javax.sql..", "org.springframework..");

  @ArchTest static final ArchRule SOURCE_KNOWS_ROWS = onlyKnows("source", "row", "");

  @ArchTest static final ArchRule JOB_KNOWS_FILES = onlyKnows("job", "trail", "source", "row", "");

  @ArchTest static final ArchRule DATABASE_KNOWS_SETTINGS_ONLY = onlyKnows("database", "");

  @ArchTest
  static final ArchRule LOAD_KNOWS_JOBS =
      onlyKnows("load", "job", "trail", "source", "row", "database", "");

  @ArchTest
  static final ArchRule INBOX_KNOWS_JOBS_AND_LOADING =
      onlyKnows("inbox", "load", "job", "trail", "source", "row", "");

  @ArchTest
  static final ArchRule ERASURE_KNOWS_WHERE_ROWS_LIE =
      onlyKnows("erasure", "job", "trail", "source", "row", "");

  @ArchTest static final ArchRule EMBEDDED_KNOWS_SETTINGS_ONLY = onlyKnows("embedded", "");

  @ArchTest static final ArchRule TRAIL_KNOWS_SETTINGS_ONLY = onlyKnows("trail", "");

  @ArchTest static final ArchRule ACCESS_KNOWS_THE_TRAIL = onlyKnows("access", "trail", "");

  @ArchTest
  static final ArchRule METRICS_LOOK_ON =
      onlyKnows("metrics", "event", "load", "job", "source", "row", "");

  @ArchTest
  static final ArchRule OPERATORS_SEE_PARTS_AND_SETTINGS =
      onlyKnows("ops", "event", "access", "embedded", "");

  @ArchTest static final ArchRule COMMANDS_DO_NOT_SERVE = onlyKnows("command", "ops", "access", "");

  @ArchTest
  static final ArchRule CONSOLE_KNOWS_WHAT_CLIENTS_CAN_ASK =
      onlyKnows("console", "api", "job", "trail", "source", "");

  @ArchTest
  static final ArchRule NOBODY_KNOWS_THE_METRICS =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".metrics..");

  @ArchTest
  static final ArchRule NOBODY_BUT_THE_CONSOLE_KNOWS_THE_API =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + ".api..", ROOT + ".console..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".api..");

  /**
   * Whoever breaks off a COPY by the driver's own means leaves a connection with an answer unread.
   */
  @ArchTest
  static final ArchRule COPY_HAS_ONE_PLACE =
      noClasses()
          .that()
          .areNotAssignableTo(Copy.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.postgresql.copy..");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  /** The umask of whoever starts the service must not matter. */
  @ArchTest
  static final ArchRule FILES_ARE_MADE_WITH_THEIR_RIGHTS =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(FileModes.class.getName())
          .should()
          .callMethodWhere(
              target(owner(type(Files.class)))
                  .and(target(nameMatching("create(Dir|File|Temp).*|copy"))))
          .because("FileModes makes them for the service's own user, whatever the umask is");

  /** That library runs scripts that it puts into the shared folder for temporary files. */
  @ArchTest
  static final ArchRule POSTGRESQL_IS_RUN_WITHOUT_THE_TEST_LIBRARY =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.zonky..");

  @ArchTest
  static final ArchRule NOBODY_PRINTS =
      GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  /** Both evaluate what was set as an expression, a password too, which can run code. */
  @ArchTest
  static final ArchRule NO_SETTING_IS_EVALUATED =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Value.class, ConditionalOnExpression.class);

  /**
   * A package, the others that it may know ({@code ""} is the settings at the root), and no more.
   */
  private static ArchRule onlyKnows(String name, String... others) {
    List<String> allowed = new ArrayList<>(List.of(ROOT + "." + name + ".."));
    for (String other : others) {
      allowed.add(other.isEmpty() ? ROOT : ROOT + "." + other + "..");
    }
    return noClasses()
        .that()
        .resideInAPackage(ROOT + "." + name + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "..")
                .and(not(resideInAnyPackage(allowed.toArray(String[]::new)))));
  }
}
