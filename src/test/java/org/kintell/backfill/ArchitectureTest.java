package org.kintell.backfill;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kintell.backfill.config.Version;
import org.kintell.backfill.database.Copy;
import org.kintell.backfill.file.FileType;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.row.Rule;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;

/** Each package uses only packages before it, so data flow one way. */
@AnalyzeClasses(packages = "org.kintell.backfill", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "org.kintell.backfill";

  @ArchTest
  static final ArchRule ROW_KNOWS_NEITHER_CAMEL_NOR_SQL =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".row..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.camel..", "java.sql..", "javax.sql..", "org.springframework..");

  /** Its jar holds nothing else. */
  @ArchTest
  static final ArchRule THE_COMMAND_LINE_STANDS_ALONE =
      classes()
          .that()
          .resideInAPackage(ROOT + ".cli..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "java..",
                      "javax.net.ssl..",
                      "picocli..",
                      "com.google.gson..",
                      ROOT + ".cli..")
                  .or(type(FileModes.class))
                  .or(type(FileType.class))
                  .or(type(Rule.class))
                  .or(type(Version.class)));

  /** Cancelling a COPY with the driver alone leaves a connection with an unread answer. */
  @ArchTest
  static final ArchRule COPY_HAS_ONE_PLACE =
      noClasses()
          .that()
          .areNotAssignableTo(Copy.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.postgresql.copy..");

  /** The user's umask must have no effect. */
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

  /** Both evaluate settings as expressions, passwords too, which can run code. */
  @ArchTest
  static final ArchRule NO_SETTING_IS_EVALUATED =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Value.class, ConditionalOnExpression.class);

  /** Each package may use those before it in {@link Packages#ORDER}, and none after it. */
  @ArchTest
  static void eachPackageKnowsThoseBeforeItOnly(JavaClasses classes) {
    List<String> order = Packages.ORDER;
    for (int i = 0; i < order.size() - 1; i++) {
      String[] later =
          order.subList(i + 1, order.size()).stream().map(Packages::named).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(Packages.named(order.get(i)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(later)
          .check(classes);
    }
  }

  @ArchTest
  static void everyPackageIsInTheOrderAndHasRoomForOneReasonToExist(JavaClasses classes) {
    Map<String, Long> sizes =
        classes.stream()
            .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    assertThat(sizes.keySet())
        .isEqualTo(Packages.ORDER.stream().map(Packages::named).collect(Collectors.toSet()));
    assertThat(sizes.values()).allMatch(size -> size <= 20);
  }
}
