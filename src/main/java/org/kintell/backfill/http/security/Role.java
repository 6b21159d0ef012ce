package org.kintell.backfill.http.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;

/** What a caller may do. An operator may do what a viewer may, and an administrator everything. */
enum Role {
  /** Reads the metrics, and nothing else. */
  METRICS,
  /** Reads counts, causes and progress; nothing that holds personal data. */
  VIEWER,
  /** Starts, stops and repeats jobs; reads their rows, values and error files. */
  OPERATOR,
  /** Everything: undoing imports, Hawtio, the actuator. */
  ADMIN;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** As it stands in settings and in tokens. */
  String label() {
    return label;
  }

  static Optional<Role> of(String label) {
    return Arrays.stream(values()).filter(role -> role.label.equals(label)).findFirst();
  }

  static String labels() {
    return Arrays.stream(values()).map(Role::label).collect(Collectors.joining(", "));
  }

  static RoleHierarchy hierarchy() {
    return RoleHierarchyImpl.withDefaultRolePrefix()
        .role(ADMIN.label)
        .implies(OPERATOR.label, METRICS.label)
        .role(OPERATOR.label)
        .implies(VIEWER.label)
        .build();
  }
}
