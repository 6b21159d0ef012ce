package org.kintell.backfill.http.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;

/** A caller's role. An operator may do all that a viewer may; an admin may do everything. */
enum Role {
  /** Reads the metrics only. */
  METRICS,
  /** Reads counts, causes and progress; no personal data. */
  VIEWER,
  /** Starts, stops and repeats jobs; reads their rows, values and error files. */
  OPERATOR,
  /** Everything, including rollback, erasure, Hawtio and the actuator. */
  ADMIN;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name in settings and tokens. */
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
