package org.kintell.backfill.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.InetAddress;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The address of the actuator.
 *
 * @param port -1 for none, null for the service's own
 * @param address null for the service's own
 */
@Validated
@ConfigurationProperties("management.server")
public record ManagementSettings(
    @Min(value = -1, message = "a port from 0 to 65535, or -1 for none")
        @Max(value = 65_535, message = "a port from 0 to 65535, or -1 for none")
        Integer port,
    InetAddress address) {}
