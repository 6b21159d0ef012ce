package org.kintell.backfill.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.InetAddress;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The address of the service.
 *
 * @param port 0 for any free one
 */
@Validated
@ConfigurationProperties("server")
public record ServerSettings(
    @Min(value = 0, message = "a port from 0 to 65535")
        @Max(value = 65_535, message = "a port from 0 to 65535")
        int port,
    @NotNull(message = "an address of this machine") InetAddress address) {}
