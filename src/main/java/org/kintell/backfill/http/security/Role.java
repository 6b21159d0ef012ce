package org.kintell.backfill.http.security;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.core.GrantedAuthority;

/** A caller's role. An operator may do all that a viewer may; an admin may do everything. */
public enum Role {
  /** Reads the metrics only. */
  METRICS,
  /** Reads counts, causes and progress; no personal data. */
  VIEWER,
  /** Starts, stops and repeats jobs; reads their rows, values and error files. */
  OPERATOR,
  /** Everything, including rollback, erasure, Hawtio and the actuator. */
  ADMIN;

  /** Spring Security's authorities for roles begin with it. */
  static final String PREFIX = "ROLE_";

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name in settings and tokens. */
  public String label() {
    return label;
  }

  static Optional<Role> of(String label) {
    return Arrays.stream(values()).filter(role -> role.label.equals(label)).findFirst();
  }

  /** The highest role among a caller's authorities, of which a token may list several. */
  public static Optional<Role> highestOf(Collection<? extends GrantedAuthority> authorities) {
    return Arrays.stream(values())
        .filter(
            role ->
                authorities.stream()
                    .anyMatch(one -> one.getAuthority().equals(PREFIX + role.label)))
        .max(Comparator.naturalOrder());
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
